"""Statistics for what patients say: arrays in, frozen dataclasses out.

The library stands alone: it needs numpy and scipy (and ``holidays`` for the clocks), knows
nothing of the web or of any database, and can be imported without the rest of the program.
Import the chapter you need, for example ``from wellheard.measures.intervals import wilson``;
this front page imports nothing, so that a light caller pays for no arrays.

Every result carries ``n``, an interval where one exists, and the name of the method. Input that
cannot give an honest number raises a named error from :mod:`wellheard.measures.errors`.
"""

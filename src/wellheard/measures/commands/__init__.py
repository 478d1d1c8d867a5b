"""The command group ``measures``: statistics on files, as a table or as JSON.

Importing it loads click only; each command loads its own statistics.
"""

from wellheard.measures.commands import groups, official, questions, series
from wellheard.measures.commands.shown import measures

__all__ = ["groups", "measures", "official", "questions", "series"]

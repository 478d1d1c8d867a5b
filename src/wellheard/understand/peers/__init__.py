"""Packs of figures that two installations give each other, signed and without small groups."""

"""Reads of cases for other rooms and for the screens."""

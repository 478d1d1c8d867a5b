"""Telephone surveys: a call list, a script read word for word, and how each call ended."""

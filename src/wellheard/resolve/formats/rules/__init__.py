"""Decisions on formats, pure: what a letter consists of, and what is easy to read."""

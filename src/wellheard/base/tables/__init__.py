"""Keeping very many rows at once, on either database."""

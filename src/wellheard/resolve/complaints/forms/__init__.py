"""The forms of staff and patient pages."""

"""Paper surveys: printed with a code on each page, read from scans, checked, counted."""

"""Pages of letters in other formats, for staff and for the person."""

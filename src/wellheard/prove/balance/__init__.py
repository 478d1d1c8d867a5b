"""A balanced set: something of every side of care, or it is not published."""

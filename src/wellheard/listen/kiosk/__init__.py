"""A shared screen: set up once for a place, locked, and empty again for each person."""

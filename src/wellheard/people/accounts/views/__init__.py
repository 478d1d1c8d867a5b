"""Views of accounts: the administrator's, and everybody's own."""

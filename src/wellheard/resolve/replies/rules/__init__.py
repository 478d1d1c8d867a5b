"""Decisions on replies, pure: what may not be said, which tone, how a reply stands."""

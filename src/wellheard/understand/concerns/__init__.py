"""Which comments need a person, and how soon."""

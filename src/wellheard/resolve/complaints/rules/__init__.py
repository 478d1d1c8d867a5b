"""Pure decisions on one case: what it is, when things are due, what is missing to close it."""

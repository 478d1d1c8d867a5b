"""Places that become one: merging two, and taking that back."""

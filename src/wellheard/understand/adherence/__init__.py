"""Whether people who are reminded take their medicine on more days, by how it came about."""

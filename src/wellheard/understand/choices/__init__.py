"""Why people choose us or somebody else, and whether boards look like those we treat."""

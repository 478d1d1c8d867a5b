"""Pages of the builder: drafting, files, trying out."""

"""Whether people are met alike at every touchpoint: the same core questions, and their spread."""

"""Single-use links to a survey, and the pages on which it is answered."""

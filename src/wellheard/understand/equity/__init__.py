"""For whom it is worse: gaps between groups of people, reach, and what was done about them."""

"""Commands of the console, one file per subject."""

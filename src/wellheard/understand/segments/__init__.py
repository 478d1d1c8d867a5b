"""Segments of the people we serve: by rules or found in answers, in versions that can be re-run."""

"""The sheet on the wall of a place: its code, its short address, three languages."""

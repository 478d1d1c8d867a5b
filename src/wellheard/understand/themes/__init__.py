"""What a comment is about: machine labels with confidence, and people's corrections."""

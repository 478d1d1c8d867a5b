"""Our share of the area we serve, who sends people to us, and why they chose us."""

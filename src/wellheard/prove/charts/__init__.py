"""A measure over time: its control chart, drawn so that everybody can read it, and one sentence."""

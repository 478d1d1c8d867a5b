"""Keys, sealing, tokens and signed links: the one place that touches cryptography."""

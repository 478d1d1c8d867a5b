"""The weekly look at everything: what it found, who read it, and an alarm when nobody did."""

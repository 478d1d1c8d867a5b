"""Focus groups and interviews: who agreed to what, what was said, how it was coded."""

"""What patients write back: STOP, START, HELP, or an answer somebody must read."""

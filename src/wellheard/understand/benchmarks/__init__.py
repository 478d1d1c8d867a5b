"""Published results of hospitals, states and the nation, each with period, n and footnotes."""

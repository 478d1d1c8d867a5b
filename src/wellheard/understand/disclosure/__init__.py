"""Nobody can be picked out of a number: the rules every table passes before it leaves."""

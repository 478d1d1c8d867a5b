"""What can be done with cases. Each action is one unit of work: kept whole or not at all."""

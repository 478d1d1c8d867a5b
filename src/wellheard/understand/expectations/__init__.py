"""Each quarter: what people newly talk about, and which tools they ask for."""

"""The person's own side: the complaint form, and the page on which they follow their case."""

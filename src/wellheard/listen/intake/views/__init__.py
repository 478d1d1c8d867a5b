"""The staff pages of intake: reading comments, and working with them."""

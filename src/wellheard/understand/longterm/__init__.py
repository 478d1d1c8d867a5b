"""How people are months after a visit, as a side of satisfaction: change since the first answer."""

"""How many people were treated: the denominators of every rate and of every silence."""

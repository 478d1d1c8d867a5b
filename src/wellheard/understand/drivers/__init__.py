"""What goes together with the overall rating, for everybody and for groups of people."""

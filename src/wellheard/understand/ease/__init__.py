"""How easy it was to make an appointment, by the way people made it."""

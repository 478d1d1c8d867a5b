"""How a patient wants to be spoken to: language, way, hours, name, how often, and where."""

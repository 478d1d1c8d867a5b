"""The pages people start from: their place, their places, their organisation."""

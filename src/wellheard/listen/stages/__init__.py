"""Where we listen along the way of a patient, and the stages at which nobody asks."""

"""One small module for each way of getting what an outlet publishes."""

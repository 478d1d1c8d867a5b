"""Appointments that were missed or cancelled late, of those that were due."""

"""Readmission within 30 days of a discharge, from what the discharge record holds."""

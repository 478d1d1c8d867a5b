"""Complaints, grievances and inquiries: from what was said to an owned, answered case."""

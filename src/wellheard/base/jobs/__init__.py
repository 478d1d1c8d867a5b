"""Jobs: the worker with leases over the Django Tasks database queue, and periodic work."""

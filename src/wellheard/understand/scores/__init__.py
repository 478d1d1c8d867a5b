"""The metric catalogue, and a score for any of its measures with n, interval and method."""

"""Asking the same people again, months after a visit: how are you now?"""

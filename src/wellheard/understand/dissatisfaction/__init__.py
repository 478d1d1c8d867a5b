"""Trouble counted by itself: where people are let down although the scores look well."""

"""Answering a survey (answering), and making links to it (links)."""

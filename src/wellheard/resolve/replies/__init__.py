"""Answering in public what people write about us, without saying who anybody is."""

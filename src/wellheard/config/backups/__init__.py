"""Backup and restore: one encrypted file that a drill has brought back before it is needed."""

"""Files that people bring: comments and responses as tables, read whole or not at all."""

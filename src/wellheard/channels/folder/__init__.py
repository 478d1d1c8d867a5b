"""Messages written into a folder instead of sent: for demonstrations and rehearsals."""

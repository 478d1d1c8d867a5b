"""The comment card: one question, the story, and whether we may reply. No cookies, no script."""

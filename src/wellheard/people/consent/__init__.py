"""The consent ledger: what a patient agreed to, in which words, and when they took it back."""

"""Changes: taking, drafting, approving, publishing."""

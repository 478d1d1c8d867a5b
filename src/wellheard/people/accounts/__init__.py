"""The screens of accounts: an administrator's list of staff, and everybody's own account."""

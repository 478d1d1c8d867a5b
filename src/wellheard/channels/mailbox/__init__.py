"""E-mail that comes in: read from a mailbox by IMAP, kept once, taken apart, its files checked."""

"""The audit trail of writes and of reads of patient data."""

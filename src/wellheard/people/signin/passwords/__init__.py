"""What a password must be: long, and known to nobody. NIST SP 800-63B-4, 3.1.1."""

"""E-mail by SMTP, with one-click unsubscribe for surveys."""

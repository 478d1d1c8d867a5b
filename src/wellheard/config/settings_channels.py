"""How messages leave and arrive: which transport serves which channel, and their addresses."""

from __future__ import annotations

from wellheard.config import environment as env

_SHOWN_ONLY = env.text("WELLHEARD_MODE") == "demonstration"
_DEFAULT = "folder" if _SHOWN_ONLY else "none"
# A demonstration never writes to anybody, whatever else is set.
_SMS = ("folder", "none") if _SHOWN_ONLY else ("twilio", "folder", "none")
_EMAIL = ("folder", "none") if _SHOWN_ONLY else ("smtp", "folder", "none")
CHANNEL_TRANSPORTS = {
    "sms": env.one_of("WELLHEARD_SMS_TRANSPORT", _DEFAULT, _SMS),
    "email": env.one_of("WELLHEARD_EMAIL_TRANSPORT", _DEFAULT, _EMAIL),
}
SMTP_HOST = env.text("WELLHEARD_SMTP_HOST", "127.0.0.1")
SMTP_PORT = env.number("WELLHEARD_SMTP_PORT", 587, low=1, high=65535)
SMTP_USER = env.text("WELLHEARD_SMTP_USER")
SMTP_PASSWORD = env.text("WELLHEARD_SMTP_PASSWORD")
SMTP_STARTTLS = env.flag("WELLHEARD_SMTP_STARTTLS", True)
EMAIL_FROM = env.text("WELLHEARD_EMAIL_FROM", "no-reply@wellheard.invalid")
# Where an answer to a mail goes: a mailbox that somebody reads. Empty: to the sender.
EMAIL_REPLY_TO = env.text("WELLHEARD_EMAIL_REPLY_TO")
SMS_ACCOUNT = env.text("WELLHEARD_SMS_ACCOUNT")
SMS_TOKEN = env.text("WELLHEARD_SMS_TOKEN")
SMS_FROM = env.text("WELLHEARD_SMS_FROM")
SMS_GATEWAY = env.text("WELLHEARD_SMS_GATEWAY", "https://api.twilio.com")
# The most messages a minute the provider takes; 0: no limit of ours.
CHANNEL_PACES = {
    "sms": env.number("WELLHEARD_SMS_PER_MINUTE", 0, low=0, high=100_000),
    "email": env.number("WELLHEARD_EMAIL_PER_MINUTE", 0, low=0, high=100_000),
}
# A certificate file to trust besides the system's, for a mail server or gateway of one's own.
CHANNEL_CA_FILE = env.text("WELLHEARD_CHANNEL_CA_FILE")
# Whom to call, said in the answer to HELP; the address of the installation when empty.
HELP_CONTACT = env.text("WELLHEARD_HELP_CONTACT")
# Some gateways answer STOP, START and HELP themselves; then Wellheard stays silent.
SMS_ANSWERS = env.flag("WELLHEARD_SMS_ANSWERS", True)
# All the steps of one sending must fit into the five minutes a worker may hold a message.
CHANNEL_TIMEOUT_SECONDS = env.number("WELLHEARD_CHANNEL_TIMEOUT", 15, low=1, high=30)
# The mailbox that is read for complaints and answers; empty: none. A demonstration reads none.
IMAP_HOST = "" if _SHOWN_ONLY else env.text("WELLHEARD_IMAP_HOST")
IMAP_PORT = env.number("WELLHEARD_IMAP_PORT", 993, low=1, high=65535)
IMAP_SECURITY = env.one_of("WELLHEARD_IMAP_SECURITY", "tls", ("tls", "starttls", "none"))
IMAP_USER = env.text("WELLHEARD_IMAP_USER")
IMAP_PASSWORD = env.text("WELLHEARD_IMAP_PASSWORD")
IMAP_FOLDER = env.text("WELLHEARD_IMAP_FOLDER", "INBOX")
IMAP_ORGANISATION = env.text("WELLHEARD_IMAP_ORGANISATION")
# A ClamAV daemon that is asked about every file of a mail; empty: none.
CLAMD_HOST = env.text("WELLHEARD_CLAMD_HOST")
CLAMD_PORT = env.number("WELLHEARD_CLAMD_PORT", 3310, low=1, high=65535)
# Outlets of public reviews may only be read inside one's own network when somebody says so.
REVIEWS_PRIVATE_ADDRESSES = env.flag("WELLHEARD_REVIEWS_PRIVATE", False)

"""How messages leave and arrive: which transport serves which channel, and their addresses."""

from __future__ import annotations

from wellheard.config import environment as env

_DEFAULT = "folder" if env.text("WELLHEARD_MODE") == "demonstration" else "none"
CHANNEL_TRANSPORTS = {
    "sms": env.one_of("WELLHEARD_SMS_TRANSPORT", _DEFAULT, ("folder", "twilio", "none")),
    "email": env.one_of("WELLHEARD_EMAIL_TRANSPORT", _DEFAULT, ("folder", "smtp", "none")),
}
SMTP_HOST = env.text("WELLHEARD_SMTP_HOST", "127.0.0.1")
SMTP_PORT = env.number("WELLHEARD_SMTP_PORT", 587, low=1, high=65535)
SMTP_USER = env.text("WELLHEARD_SMTP_USER")
SMTP_PASSWORD = env.text("WELLHEARD_SMTP_PASSWORD")
SMTP_STARTTLS = env.flag("WELLHEARD_SMTP_STARTTLS", True)
EMAIL_FROM = env.text("WELLHEARD_EMAIL_FROM", "no-reply@wellheard.invalid")
SMS_ACCOUNT = env.text("WELLHEARD_SMS_ACCOUNT")
SMS_TOKEN = env.text("WELLHEARD_SMS_TOKEN")
SMS_FROM = env.text("WELLHEARD_SMS_FROM")
SMS_GATEWAY = env.text("WELLHEARD_SMS_GATEWAY", "https://api.twilio.com")
CHANNEL_TIMEOUT_SECONDS = env.number("WELLHEARD_CHANNEL_TIMEOUT", 15, low=1, high=120)

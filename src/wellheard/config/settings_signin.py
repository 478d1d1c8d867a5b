"""Sign-in: django-allauth with e-mail, passkeys, one-time codes and, by settings, OIDC."""

from __future__ import annotations

from typing import Any

from wellheard.config import environment as env

# Everybody proves themselves twice, but in the demonstration (nobody there has a secret) and in
# tests, which switch it on where they test it.
SECOND_FACTOR_REQUIRED = env.text("WELLHEARD_MODE", "production") == "production"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Wellheard"

OIDC_ISSUER = env.text("WELLHEARD_OIDC_ISSUER")
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": env.text("WELLHEARD_OIDC_NAME", "Single sign-on"),
                    "client_id": env.text("WELLHEARD_OIDC_CLIENT"),
                    "secret": env.text("WELLHEARD_OIDC_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ]
        }
    }
    if OIDC_ISSUER
    else {}
)

"""Sign-in: django-allauth with e-mail, passkeys, one-time codes and, by settings, OIDC."""

from __future__ import annotations

from typing import Any

from wellheard.config import environment as env
from wellheard.config.settings_channels import (
    CHANNEL_TRANSPORTS,
    EMAIL_FROM,
    SMTP_HOST,
    SMTP_PASSWORD,
    SMTP_PORT,
    SMTP_STARTTLS,
    SMTP_USER,
)

# Everybody proves themselves twice, but in the demonstration (nobody there has a secret) and in
# tests, which switch it on where they test it.
SECOND_FACTOR_REQUIRED = env.text("WELLHEARD_MODE", "production") == "production"

ACCOUNT_ADAPTER = "wellheard.people.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Wellheard: "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {"reset_password": "wellheard.people.signin.forms.ResetForm"}
# Tries are counted in the database, for all processes together and so that nobody can be locked
# out from elsewhere (people/signin/limits-*.json). allauth's own count by address, which a whole
# hospital shares at the change of shift; what it counts by user stays.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": None,
    "reset_password_from_key": None,
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [{"NAME": "wellheard.people.signin.passwords.validators.KnownToNobody"}]

MFA_ADAPTER = "wellheard.people.signin.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Wellheard"
# A passkey cannot be guessed; this only keeps one address from keeping the house busy.
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_FORMS = {
    "authenticate": "wellheard.people.signin.forms.CodeForm",
    "reauthenticate": "wellheard.people.signin.forms.CodeAgainForm",
}

# Mails to staff about their own account go by the server that patients' mails go by.
STAFF_MAIL = CHANNEL_TRANSPORTS["email"] == "smtp"
EMAIL_HOST, EMAIL_PORT = SMTP_HOST, SMTP_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP_USER, SMTP_PASSWORD
EMAIL_USE_TLS = SMTP_STARTTLS
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = EMAIL_FROM

OIDC_ISSUER = env.text("WELLHEARD_OIDC_ISSUER")
SOCIALACCOUNT_ADAPTER = "wellheard.people.signin.sso.SingleSignOnAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
# A plain link: a form may, by our content policy, not lead to another site. The state that comes
# back with the answer binds it to this browser.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": env.text("WELLHEARD_OIDC_NAME", "Single sign-on"),
                    "client_id": env.text("WELLHEARD_OIDC_CLIENT"),
                    "secret": env.text("WELLHEARD_OIDC_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
    if OIDC_ISSUER
    else {}
)
# A proxy that ends TLS hands on the caller's address; without one that header is anybody's word.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("WELLHEARD_BEHIND_PROXY", False) else 0

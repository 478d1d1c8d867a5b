"""Django's settings. Every one that an operator may change comes from an environment variable
named WELLHEARD_*; docs/operate/settings.md lists them all (a test keeps the list complete)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wellheard.base.vault.keys import derived_key, master_key
from wellheard.config import environment as env

PACKAGE = Path(__file__).resolve().parents[1]
HOME = env.home_folder()

# -- what kind of installation -----------------------------------------------------------------
MODE = env.one_of("WELLHEARD_MODE", "production", ("production", "demonstration", "test"))
DEMONSTRATION = MODE == "demonstration"
ADDRESS = env.text("WELLHEARD_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
SECURE = ADDRESS.startswith("https://")
DEBUG = False

_MASTER = master_key(HOME, env.text("WELLHEARD_MASTER_KEY"))
SECRET_KEY = derived_key(_MASTER, "django").hex()
VAULT_MASTER_KEY = _MASTER

ALLOWED_HOSTS = env.words("WELLHEARD_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
_HOST_OF_ADDRESS = ADDRESS.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
if _HOST_OF_ADDRESS not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_HOST_OF_ADDRESS)
if MODE == "test":
    ALLOWED_HOSTS.append("testserver")
CSRF_TRUSTED_ORIGINS = [ADDRESS]

# -- rooms -------------------------------------------------------------------------------------
ROOMS = ["base", "people", "channels", "listen", "understand", "resolve", "prove", "interop"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *[f"wellheard.{room}" for room in ROOMS],
]

MIDDLEWARE = [
    "wellheard.base.pages.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wellheard.base.pages.middleware.RequestLog",
    "wellheard.base.pages.middleware.DatabaseTrouble",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wellheard.people.access.middleware.PersonOfRequest",
]

ROOT_URLCONF = "wellheard.config.urls"
WSGI_APPLICATION = "wellheard.config.wsgi.application"
WIRING = "wellheard.config.wiring"
NAVIGATION = "wellheard.config.navigation.navigation_for"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(PACKAGE.glob("*/*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wellheard.base.pages.context.page",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "libraries": {"wellheard": "wellheard.base.pages.templatetags.wellheard"},
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

# -- data --------------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.text("WELLHEARD_DATABASE_URL"), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILES = HOME / "files"
MEDIA_ROOT = FILES
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# how long a job stays with a worker that gives no sign of life
# "shipped", or an encoder's folder: its word is averaged with the linear model's; empty: off.
COMMENT_ENCODER = env.text("WELLHEARD_COMMENT_ENCODER")
LEASE_SECONDS = env.number("WELLHEARD_LEASE_SECONDS", 30, low=2, high=3600)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# -- a program that may summarise masked comments (off unless an address is set) ----------------
ANSWER_ADDRESS = env.text("WELLHEARD_ANSWER_ADDRESS")
ANSWER_KEY = env.text("WELLHEARD_ANSWER_KEY")
ANSWER_MODEL = env.text("WELLHEARD_ANSWER_MODEL", "default")
ANSWER_TIMEOUT_SECONDS = env.number("WELLHEARD_ANSWER_TIMEOUT", 20, low=1, high=60)

# -- sign-in -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "wellheard-session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "wellheard-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "wellheard.base.pages.errors.csrf_failure"

# -- the wire ----------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("WELLHEARD_BEHIND_PROXY", False) else None
)
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_TEMP_DIR = None

# -- words and places --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = sorted(PACKAGE.glob("*/*/locale"))
LANGUAGE_COOKIE_NAME = "wellheard-language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- files that pages load ---------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = sorted(PACKAGE.glob("*/*/static"))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if MODE == "test"
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_USE_FINDERS = MODE == "test"
WHITENOISE_AUTOREFRESH = MODE == "test"

# -- logs: structured, one JSON object a line, never a patient's words -------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "wellheard.base.pages.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("WELLHEARD_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "wellheard": {"level": env.text("WELLHEARD_LOG_LEVEL", "INFO")},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# -- parts of settings that belong to one room -------------------------------------------------
# One flat namespace is Django's way.
from wellheard.config.settings_channels import *  # noqa: E402,F403
from wellheard.config.settings_signin import *  # noqa: E402,F403

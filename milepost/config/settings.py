"""Django's settings, made from ours (see env.py; `milepost config` shows them)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib import admin

from milepost.config import database, env
from milepost.config.table import without_password

MILEPOST = env.load()
PACKAGE = Path(__file__).resolve().parent.parent

# ── Who we are ──

SECRET_KEY = MILEPOST.secret_key
# Whoever makes or serves a database calls it first; a command that only looks makes nothing.
KEEP_SECRET_KEY = partial(env.keep_key, MILEPOST)
DEBUG = MILEPOST.debug
ALLOWED_HOSTS = list(MILEPOST.allowed_hosts)
ROOT_URLCONF = "milepost.config.urls"
WSGI_APPLICATION = "milepost.config.wsgi.application"

INSTALLED_APPS = [
    "milepost",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

# Each of these costs every request, the check-in first of all: think before you add one.
MIDDLEWARE = [
    "milepost.web.requests.observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "milepost.web.headers.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "milepost.web.problems.ProblemsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# ── What we remember ──

DATABASES = {"default": database.from_url(MILEPOST.database_url, MILEPOST.data_dir)}
# For commands that work on another database than this one, which lie below and cannot read addresses.
DATABASE_AT = partial(database.from_url, data_dir=MILEPOST.data_dir)
DATABASE_NAMED = without_password
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"

# ── Pages ──

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "milepost.web.jinja.environment"},
    },
    {
        # For the admin alone: no other folder is searched, so a page of ours that is missing is an error.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(admin.__file__).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = MILEPOST.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "milepost.config.static.CollectedFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

MESSAGE_STORAGE = "milepost.web.cookies.Messages"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── Who signs in ──

AUTH_USER_MODEL = "milepost.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "milepost.actions.passwords.OneWord"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "milepost.web.accounts.Accounts"
ACCOUNT_SESSION_REMEMBER = True
# The usual one lists all addresses an account ever had, and by the time that takes one learns that it exists.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_RATE_LIMITS = False  # we count ourselves, where all processes see it: milepost/actions/guesses.py
MFA_ADAPTER = "milepost.web.accounts.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
LOGIN_URL = "signing_in"

CSRF_FAILURE_VIEW = "milepost.web.problems.forbidden"
SESSION_ENGINE = "milepost.models.sessions"
SESSION_COOKIE_AGE = MILEPOST.session_longest * 24 * 3600

# ── Cookies and headers ──

# Of every cookie; those that open nothing are written by milepost/web/cookies.py.
COOKIE_PREFIX = "__Host-" if MILEPOST.https else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}milepost"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}milepost_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MILEPOST.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [MILEPOST.base_url] if urlsplit(MILEPOST.base_url).scheme == "https" else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if MILEPOST.https else 0

# ── The demo ──

# By name, for it lies above the pages that offer it: today → the plan of a company.
DEMO_COMPANY = "milepost.management.demo.company"

# ── Mail ──

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MILEPOST.mail_host
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = MILEPOST.mail_host or ""
EMAIL_PORT = MILEPOST.mail_port
EMAIL_HOST_USER = MILEPOST.mail_user
EMAIL_HOST_PASSWORD = MILEPOST.mail_password
EMAIL_USE_TLS = MILEPOST.mail_tls == "starttls"
EMAIL_USE_SSL = MILEPOST.mail_tls == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MILEPOST.mail_from

# ── Log ──

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "milepost.config.logs.Text"},
        "json": {"()": "milepost.config.logs.Json"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": MILEPOST.log_format}},
    "root": {"handlers": ["console"], "level": MILEPOST.log_level.upper()},
    "loggers": {
        # Every statement, which is only wanted when somebody asks for it by name.
        "django.db.backends": {"level": "INFO"},
        # A stranger who sends a wrong host name is not our error.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Nor one who sends too much.
        "django.security.RequestDataTooBig": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        "django.security.TooManyFilesSent": {"level": "CRITICAL"},
        # Each passkey that is made or used, by its number, which is nobody's business.
        "fido2": {"level": "WARNING"},
        # A wrong address or a refused form is the browser's business, not the operator's.
        "django.request": {"level": "ERROR"},
        # A line for each request, which programs count and people do not read.
        "milepost.requests": {"level": "INFO" if MILEPOST.log_format == "json" else "WARNING"},
    },
}

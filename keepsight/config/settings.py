"""One file of settings. What differs between places comes from the environment; README lists it."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from keepsight.core.packs import use_own

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("KEEPSIGHT_VAR", BASE_DIR / "var"))
SNAPSHOTS = VAR / "snapshots"
ANCHORS = Path(os.environ.get("KEEPSIGHT_ANCHORS", VAR / "anchors"))  # of the log; best on another machine's disk
PACKS = Path(os.environ["KEEPSIGHT_PACKS"]) if os.environ.get("KEEPSIGHT_PACKS") else None  # a council's own
use_own(PACKS)
DEBUG = os.environ.get("KEEPSIGHT_DEBUG", "") == "1"


def _secret(variable: str, file: str, make: Callable[[], str]) -> str:
    """From the environment, or for a stand-alone machine a random one kept in ``var``."""
    if held := os.environ.get(variable):
        return held
    path = VAR / file
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True, mode=0o700)  # the register, snapshots and what is sent lie in it
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()


def _random() -> str:
    return secrets.token_urlsafe(50)


def _single_sign_on() -> dict[str, Any] | None:
    """The council's OpenID provider, if the environment names one."""
    issuer = os.environ.get("KEEPSIGHT_OIDC_ISSUER", "")
    if not issuer:
        return None
    app = {
        "provider_id": "council",
        "name": os.environ.get("KEEPSIGHT_OIDC_NAME", "your council"),
        "client_id": os.environ["KEEPSIGHT_OIDC_CLIENT_ID"],
        "secret": os.environ.get("KEEPSIGHT_OIDC_CLIENT_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "uid_field": "sub"},
    }
    return {
        "app": app,
        "name": app["name"],
        "groups": os.environ.get("KEEPSIGHT_OIDC_GROUPS", "groups"),  # the claim that lists them
        "roles": os.environ["KEEPSIGHT_OIDC_ROLES"],  # a TOML file: group, role, authority, team
        "domains": [each for each in os.environ.get("KEEPSIGHT_OIDC_DOMAINS", "").lower().split(",") if each],
        "second_factor": os.environ.get("KEEPSIGHT_OIDC_SECOND_FACTOR", "") == "1",  # the provider always asks for one
    }


def _attachments() -> dict[str, Any]:
    """Where files with entries are kept: a folder that no address leads to, or a bucket of an S3 service."""
    bucket = os.environ.get("KEEPSIGHT_ATTACHMENTS_S3", "")
    if not bucket:
        options = {"location": str(VAR / "attachments"), "file_permissions_mode": 0o600}
        options |= {"directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": os.environ.get("KEEPSIGHT_ATTACHMENTS_S3_ENDPOINT") or None,
            "access_key": os.environ.get("KEEPSIGHT_ATTACHMENTS_S3_KEY") or None,
            "secret_key": os.environ.get("KEEPSIGHT_ATTACHMENTS_S3_SECRET") or None,
            "region_name": os.environ.get("KEEPSIGHT_ATTACHMENTS_S3_REGION", "eu-west-2"),
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }


SECRET_KEY = _secret("KEEPSIGHT_SECRET_KEY", "secret-key", _random)
AUDIT_KEY = _secret("KEEPSIGHT_AUDIT_KEY", "audit-key", _random)  # binds the log of who looked; not in the database
PSEUDONYM_KEY = _secret("KEEPSIGHT_PSEUDONYM_KEY", "pseudonym-key", _random)  # salts the ids that analysts see
FIELD_KEYS = _secret(  # id:key,id:key; the first seals, all open
    "KEEPSIGHT_FIELD_KEYS", "field-keys", lambda: "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
)
ALLOWED_HOSTS = os.environ.get("KEEPSIGHT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "keepsight.ui",  # before allauth: its pages are drawn by our templates
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "keepsight.config.sign_in",
    "django_tasks",
    "django_tasks_db",
    "keepsight.apps.audit",
    "keepsight.apps.accounts",
    "keepsight.apps.places",
    "keepsight.apps.people",
    "keepsight.apps.frontdoor",
    "keepsight.apps.learning",
    "keepsight.apps.risk",
    "keepsight.apps.duties",
    "keepsight.apps.contact",
    "keepsight.apps.events",
    "keepsight.apps.registers",
    "keepsight.apps.briefing",
    "keepsight.apps.command",
    "keepsight.apps.workforce",
    "keepsight.apps.assurance",
    "keepsight.apps.providers",
    "keepsight.apps.partnership",
    "keepsight.apps.intake",
    "keepsight.apps.desk",
    "keepsight.apps.governance",
    "keepsight.apps.portal",
    "keepsight.apps.api",
    "ninja",  # its files for the page of the interface's document
]

PROXIES = int(os.environ.get("KEEPSIGHT_PROXIES", "0"))  # our own, between the person and us

MIDDLEWARE = [
    "keepsight.config.addresses.AddressBehindProxy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # these two before what may answer for itself
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "keepsight.config.sign_in.whose.SessionUserMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "keepsight.config.middleware.KeepsightMiddleware",
]

ROOT_URLCONF = "keepsight.config.urls"
WSGI_APPLICATION = "keepsight.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["keepsight.ui.templatetags.govuk"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "keepsight.config.context.page",
                "keepsight.config.sign_in.context.ways_in",
            ],
        },
    }
]
FORM_RENDERER = "keepsight.ui.forms.GovukRenderer"

UPLOAD_MOST_BYTES = int(os.environ.get("KEEPSIGHT_UPLOAD_MB", "400")) << 20  # of one delivery sent from a browser
UPLOAD_MOST_FILES = 60
FILE_UPLOAD_HANDLERS = [
    "keepsight.ui.uploads.Quota",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

DATABASES = {"default": dj_database_url.config("KEEPSIGHT_DATABASE", default=f"sqlite:///{VAR / 'keepsight.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456",
    }
    CONN_MAX_AGE = None
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # The second time that a prepared query runs on a connection, PostgreSQL keeps its plan too.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8}, "prepare_threshold": 1}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email"), "max_similarity": 0.6},
    },
    {"NAME": "keepsight.config.sign_in.passwords.NotGuessable"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "keepsight.config.sign_in.adapter.KeepsightAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser, and after fifteen idle minutes
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody without an account gets mail from us
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "keepsight.config.sign_in.forms.SignInForm",
    "change_password": "keepsight.config.sign_in.forms.ChangePassword",
    "reset_password_from_key": "keepsight.config.sign_in.forms.NewPassword",
    "reset_password": "keepsight.config.sign_in.forms.AskForLink",
    "reauthenticate": "keepsight.config.sign_in.forms.PasswordAgain",
}
PASSWORDS_OPEN = os.environ.get("KEEPSIGHT_PASSWORDS", "1") != "0"  # 0: single sign-on only
SINGLE_SIGN_ON = _single_sign_on()
SOCIALACCOUNT_ADAPTER = "keepsight.config.identity.CouncilAccounts"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link, so that the content policy may let forms go nowhere else
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [SINGLE_SIGN_ON["app"]]}} if SINGLE_SIGN_ON else {}
_mail = urlsplit(os.environ.get("KEEPSIGHT_MAIL", ""))  # smtps://user:password@host:465, or smtp:// with STARTTLS
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("KEEPSIGHT_MAIL_FROM", "keepsight@localhost")
NOTIFY_KEY = os.environ.get("KEEPSIGHT_NOTIFY_KEY", "")  # GOV.UK Notify, in place of the mail server, for messages
NOTIFY_TEMPLATE = os.environ.get("KEEPSIGHT_NOTIFY_TEMPLATE", "")  # with the places ((subject)) and ((body))
NOTIFY_URL = os.environ.get("KEEPSIGHT_NOTIFY_URL", "")
SITE_ADDRESS = os.environ.get("KEEPSIGHT_ADDRESS", "http://localhost:8000").rstrip("/")  # in links of messages
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
MFA_ADAPTER = "keepsight.config.sign_in.factors.KeepsightFactors"
MFA_FORMS = {
    "add_webauthn": "keepsight.config.sign_in.forms.AddPasskey",
    "activate_totp": "keepsight.config.sign_in.forms.SetUpApp",
    "authenticate": "keepsight.config.sign_in.forms.CodeAtSignIn",
    "reauthenticate": "keepsight.config.sign_in.forms.CodeAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey asks for a finger, a face or a number itself
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = os.environ.get("KEEPSIGHT_HTTPS", "") != "1"  # browsers allow localhost only
MFA_RECOVERY_CODES_SHOW_ONCE = True
AXES_USERNAME_CALLABLE = "keepsight.config.sign_in.lockout.mark"
AXES_LOCKOUT_PARAMETERS = ["username"]  # the account, from whatever network address
AXES_SENSITIVE_PARAMETERS = ["login", "username", "password"]
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_COOLOFF_TIME = 0.5  # hours
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # our own log of events says it
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # no address in what counts: failures add up over all of them, so none helps
    "security.W021",  # preloading binds the council's whole domain: its own decision
]
SESSION_ENGINE = "keepsight.config.sign_in.engine"
SESSION_COOKIE_AGE = 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would sign people out who come from a link
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "keepsight.config.middleware.stale_form"
if not DEBUG and os.environ.get("KEEPSIGHT_HTTPS", "") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "attachments": _attachments(),
}
ATTACHMENT_MOST_BYTES = int(os.environ.get("KEEPSIGHT_ATTACHMENT_MB", "25")) << 20  # of one file with an entry
SCANNER = os.environ.get("KEEPSIGHT_SCANNER", "")  # looks for viruses: is given a path, answers 0 clean, 1 found
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
CACHES = {
    # Counts of tries and codes used once: all workers, on all machines, must see the same.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "keepsight_cache"},
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"nothing_typed": {"()": "keepsight.config.logs.NothingTyped"}},
    "formatters": {
        "plain": {
            "()": "keepsight.config.logs.WithoutPeople",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["nothing_typed"]},
    },
    "loggers": {"django": {"handlers": [], "propagate": True}},  # no mail of errors, no console of its own
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

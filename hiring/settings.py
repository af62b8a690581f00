"""All settings. Each one that differs between installations is read from the environment and listed in docs/operations.md.

`manage.py up` writes what it started into DATA_DIR/settings.env, so that other commands find the same servers.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
environ.Env.read_env(DATA_DIR / "settings.env", overwrite=False)

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", default=SECRET_KEY)  # hashes the addresses not to be written to (MAIL-25)
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [urlsplit(SITE_URL).hostname or "localhost"]
ALLOWED_HOSTS += ["127.0.0.1", "localhost"]  # health checks come from the machine itself
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "hiring",
    "pipeline",
    "interviews",
    "offers",
    "sourcing",
    "compliance",
    "demo",
    "hiring.admin_app.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "hiring.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hiring.middleware.StaffOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hiring.middleware.RefusedMiddleware",
    "hiring.middleware.OldAddressMiddleware",
]

ROOT_URLCONF = "hiring.urls"
WSGI_APPLICATION = "hiring.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "hiring.frame.context",
            ],
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "hiring.templatetags.throughline",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# The pool keeps connections open between requests: the largest single setting of a page's time (docs/performance.md).
DATABASES = {"default": env.db_url("DATABASE_URL")}
if not DATABASES["default"].get("ENGINE", "").startswith("django.db.backends.postgresql"):
    raise ImproperlyConfigured(
        "DATABASE_URL has to begin with postgres://, for instance postgres://user:password@host:5432/name."
    )
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
# Questions of hiring/prepared.py are planned once a connection. 0 turns that off, for a pooler that cannot carry prepared statements.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.int("PREPARE_THRESHOLD", default=3) or None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", default=REDIS_URL),
    }
}

AUTH_USER_MODEL = "hiring.User"
AUTHENTICATION_BACKENDS = ["hiring.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators; nobody signs up
ACCOUNT_ADAPTER = "hiring.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "hiring.forms.signing_in.LoginForm",
    "request_login_code": "hiring.forms.signing_in.RequestLoginCodeForm",
    "reset_password": "hiring.forms.signing_in.ResetPasswordForm",
    "reset_password_from_key": "hiring.forms.signing_in.ResetPasswordKeyForm",
    "change_password": "hiring.forms.signing_in.ChangePasswordForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True  # SEC-11
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator entered the address
MFA_TOTP_ISSUER = "Throughline"

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Cookies know no ports: a second installation on this machine would sign people out of the first without a word.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else f"sessionid_{urlsplit(SITE_URL).port or 80}"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"  # SEC-5: no personal link leaves in a Referer
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hiring.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000  # a bulk selection of 5,000 and more
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "hiring.documents.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["hiring.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]  # the career site alone; colleagues' pages are in English

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_FINDERS = [
    "hiring.assets.MadeFinder",  # css/app.css and sprite.svg, made from their sources
    "hiring.vendor.VendorFinder",  # the files of npm packages that pages use
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },  # whatever the folder above lets in
    },
    "staticfiles": {"BACKEND": "hiring.vendor.StaticStorage"},
}
# Where uploaded files live. `file://` and a path is what is understood today; hiring/checks.py refuses anything else at start.
STORAGE_URL = env.str("STORAGE_URL", default=f"file://{DATA_DIR}/files")
MEDIA_ROOT = Path(STORAGE_URL.removeprefix("file://"))

# Where clamd looks through uploads: /run/clamav/clamd.ctl or host:3310. Empty: files are not held up.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")

# Mail. EMAIL_URL chooses the way out; without it messages go into an outbox that is read in the browser.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Throughline <hiring@throughline.example>")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="throughline.example")
INBOUND_DOMAIN = env.str("INBOUND_DOMAIN", default="in.throughline.example")
RESUMES_ADDRESS = env.str("RESUMES_ADDRESS", default=f"cv@{INBOUND_DOMAIN}")  # where résumés are mailed to
INBOUND_HOST = env.str("INBOUND_HOST", default="127.0.0.1")
INBOUND_PORT = env.int("INBOUND_PORT", default=8025)
if "EMAIL_URL" in env:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "hiring.mail.outbox.OutboxBackend"
OUTBOX_DIR = DATA_DIR / "outbox"
EMAIL_TIMEOUT = 20

APPLY_DRAFT_DAYS = env.int("APPLY_DRAFT_DAYS", default=7)  # how long a form that is not sent waits for its person
MAILED_RESUMES_DAYS = env.int(
    "MAILED_RESUMES_DAYS", default=30
)  # how long a mailed résumé waits for somebody to say whose it is
SEARCH_LOG_DAYS = env.int("SEARCH_LOG_DAYS", default=730)  # EQ-12: how long it is kept who searched what

API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=300)  # of one access key
API_KEY_MOST_DAYS = env.int("API_KEY_MOST_DAYS", default=365)

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_keepalive": True,
    "queue_order_strategy": "priority",
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TASK_ROUTES = {
    "mail.*": {"queue": "mail"},
    "documents.*": {"queue": "documents"},
    "audit.*": {"queue": "default"},
    "assistant.write": {"queue": "assistant"},
}
# One line a periodic sweep; what is due is a row, so a missed tick loses nothing.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "audit.seal": {"task": "audit.seal", "schedule": 5.0},
    "mail.sweep": {"task": "mail.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "documents.sweep": {"task": "documents.sweep", "schedule": 30.0},
    "documents.sweep_profiles": {"task": "documents.sweep_profiles", "schedule": 30.0},
    "documents.sweep_drafts": {"task": "documents.sweep_drafts", "schedule": 3600.0},
    "sourcing.send_job_alerts": {"task": "sourcing.send_job_alerts", "schedule": 300.0},
    "sourcing.forget_job_alerts": {"task": "sourcing.forget_job_alerts", "schedule": 3600.0},
    "sourcing.community_sweep": {"task": "sourcing.community_sweep", "schedule": 3600.0},
    "sourcing.forget_unsent": {"task": "sourcing.forget_unsent", "schedule": 3600.0},
    "documents.sweep_ownerless": {"task": "documents.sweep_ownerless", "schedule": 3600.0},
    "mail.run_sequences": {"task": "mail.run_sequences", "schedule": 10.0},
    "offers.sweep": {"task": "offers.sweep", "schedule": 60.0},
    "interviews.remind_late": {"task": "interviews.remind_late", "schedule": 1800.0},
    "interviews.keep_wall_times": {"task": "interviews.keep_wall_times", "schedule": 6 * 3600.0},
    "documents.mailed_sweep": {"task": "documents.mailed_sweep", "schedule": 60.0},
    "documents.forget_mailed": {"task": "documents.forget_mailed", "schedule": 6 * 3600.0},
    "agencies.decide": {"task": "agencies.decide", "schedule": 30.0},
    "agencies.tell": {"task": "agencies.tell", "schedule": 300.0},
    "referrals.tell": {"task": "referrals.tell", "schedule": 300.0},
    "search.sweep": {"task": "search.sweep", "schedule": 60.0},
    "search.check_recall": {"task": "search.check_recall", "schedule": 86_400.0},
    "search.follow_taxonomy": {"task": "search.follow_taxonomy", "schedule": 30.0},
    "search.forget_old_searches": {"task": "search.forget_old_searches", "schedule": 86_400.0},
    "search.forget_unused_names": {"task": "search.forget_unused_names", "schedule": 86_400.0},
    "api.forget_answers": {"task": "api.forget_answers", "schedule": 6 * 3600.0},
    "duplicates.sweep": {"task": "duplicates.sweep", "schedule": 120.0},
    "mail.notification_digests": {"task": "mail.notification_digests", "schedule": 300.0},
    "notifications.forget": {"task": "notifications.forget", "schedule": 24 * 3600.0},
    "approvals.sweep": {"task": "approvals.sweep", "schedule": 60.0},
    "sources.sweep": {"task": "sources.sweep", "schedule": 120.0},
    "segments.sweep": {"task": "segments.sweep", "schedule": 60.0},
    "bulk.sweep": {"task": "bulk.sweep", "schedule": 15.0},
    "pipeline.nudge_stuck": {"task": "pipeline.nudge_stuck", "schedule": 900.0},
    "pipeline.take_in_arrivals": {"task": "pipeline.take_in_arrivals", "schedule": 10.0},
    "pipeline.bulk_sweep": {"task": "pipeline.bulk_sweep", "schedule": 30.0},
    "postings.sweep": {"task": "postings.sweep", "schedule": 20.0},
    "promises.remind": {"task": "promises.remind", "schedule": 900.0},
    "pipeline.ask_again": {"task": "pipeline.ask_again", "schedule": 1800.0},
    "screening.sweep": {"task": "screening.sweep", "schedule": 30.0},
    "assistant.sweep": {"task": "assistant.sweep", "schedule": 15.0},
    "pipeline.rules_sweep": {"task": "pipeline.rules_sweep", "schedule": 30.0},
    "sourcing.imports_sweep": {"task": "sourcing.imports_sweep", "schedule": 15.0},
}
for sweep in CELERY_BEAT_SCHEDULE.values():  # a tick nobody took in time is dropped: the next one finds the same rows
    sweep.setdefault("options", {"expires": sweep["schedule"]})

MESSAGE_TAGS = {message_levels.ERROR: "bad", message_levels.WARNING: "warn", message_levels.SUCCESS: "good"}
AUDIT_ANCHOR_FILE = Path(
    env.str("AUDIT_ANCHOR_FILE", default=str(DATA_DIR / "audit_anchors.jsonl"))
)  # better on another machine
DEFAULT_PHONE_REGION = env.str("DEFAULT_PHONE_REGION", default="FR")  # how a number without country code is read
IMPORT_MOST_ROWS = env.int("IMPORT_MOST_ROWS", default=200_000)
IMPORT_MOST_BYTES = env.int("IMPORT_MOST_BYTES", default=200 * 1024 * 1024)
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=90)
# People alike and people for a job by what their résumés mean; only where the sentence model is installed (hiring/semantic).
SEMANTIC_SEARCH = env.bool("SEMANTIC_SEARCH", default=True)
# The writing assistant: an OpenAI-compatible endpoint (pipeline/assistant). Empty: it does not exist, on no page.
ASSISTANT_URL = env.str("ASSISTANT_URL", default="").rstrip("/")
ASSISTANT_MODEL = env.str("ASSISTANT_MODEL", default="")
ASSISTANT_KEY = env.str("ASSISTANT_KEY", default="")
ASSISTANT_SECONDS = env.int("ASSISTANT_SECONDS", default=60)
ASSISTANT_MAX_TOKENS = env.int("ASSISTANT_MAX_TOKENS", default=1200)
# How long a referral counts as its colleague's, and how long an earlier contact stands against a later referral.
REFERRAL_CREDIT_MONTHS = env.int("REFERRAL_CREDIT_MONTHS", default=6)
# What keeping somebody in mind after a rejection rests on: consent (theirs is asked for), or legitimate_interest (art. 6(1)(f)).
KEEP_WARM_BASIS = env.str("KEEP_WARM_BASIS", default="consent")
if KEEP_WARM_BASIS not in ("consent", "legitimate_interest"):
    raise ImproperlyConfigured(f"KEEP_WARM_BASIS is “{KEEP_WARM_BASIS}”. Use consent or legitimate_interest.")
# For how many days a visitor of the career site who agrees is remembered, for first touches. 0: nobody is asked, no cookie.
REMEMBER_VISITORS_DAYS = min(max(env.int("REMEMBER_VISITORS_DAYS", default=0), 0), 390)
INDEXABLE = env.bool("INDEXABLE", default=True)  # JOB-19: False on staging and previews keeps search engines out
ORGANISATION_NAME = env.str("ORGANISATION_NAME", default="Nordvale Grid")
ORGANISATION_TIME_ZONE = env.str("ORGANISATION_TIME_ZONE", default="Europe/Paris")  # where a person lives when unknown
ORGANISATION_COUNTRY = env.str("ORGANISATION_COUNTRY", default="FR")  # whose holidays hours of approvals leave out
ORGANISATION_ADDRESS = env.str("ORGANISATION_ADDRESS", default="12 Example Street, 69000 Lyon, France")  # MAIL-26

# Logs: one line an event, without personal data (hiring/logs.py). LOG_FORMAT is json or text.
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_FORMAT = env.str("LOG_FORMAT", default="json")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(f"LOG_LEVEL is “{LOG_LEVEL}”. Use DEBUG, INFO, WARNING, ERROR or CRITICAL.")
if LOG_FORMAT not in ("json", "text"):
    raise ImproperlyConfigured(f"LOG_FORMAT is “{LOG_FORMAT}”. Use json or text.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "hiring.logs.JsonFormatter"},
        "text": {"()": "hiring.logs.TextFormatter"},
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["out"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # refusals are in our own line of the request
        # Celery says in passing what a task was given and returned; our own line (hiring/logs.py) names only the task.
        "celery": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}

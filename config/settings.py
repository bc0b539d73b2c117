"""Settings of every mode; what differs comes from the environment (``.env.example`` lists it).

* nothing set: embedded PostgreSQL and Redis, a secret key made once under ``.data/`` (``make run``, the tests);
* ``DJANGO_ENV=server``: every secret and address must be given, and a default or weak secret is refused.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from config import embedded, redis_url, secrets_check

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.data_dir()

env = environ.Env()
django_stubs_ext.monkeypatch()  # lets classes of Django be written with their model: ModelAdmin[Zone]

# Mode -----------------------------------------------------------------------------------------------------------
SERVER = env.str("DJANGO_ENV", default="local") == "server"
DEBUG = env.bool("DJANGO_DEBUG", default=False)
if SERVER:
    secrets_check.require(env.ENVIRON)
SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or secrets_check.local_secret_key(DATA_DIR)
# The container's health check asks by the name localhost.
ALLOWED_HOSTS = [*env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "[::1]"]), "localhost"]
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])

VERSION = "0.1.0"  # shown at the foot of every page

# Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "reports",
    "compliance",
    "assessments",
    "targets",
    "indicators",
    "registers",
    "parks",
    "policy",
    "accounts",
    "common",
    "accounts.admin_apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_structlog",
    "csp",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.compression.PageCompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.requests.RequestSizeMiddleware",  # before anything reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.navigation",
                "config.context.demonstration",
                "config.context.notices",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that templates/ may override a widget

# Database and Redis ---------------------------------------------------------------------------------------------
# The embedded servers' addresses are fixed by the data directory, so that a worker or a type checker can import the
# settings without starting anything; manage.py and scripts/run.py start them.
DATABASES = {"default": env.db_url("DATABASE_URL", default=embedded.default_servers().database_url())}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="") or embedded.default_servers().redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url.next_database(REDIS_URL),
        "KEY_PREFIX": "yuanqu",
    },
}

# Celery ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = redis_url.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True  # a task's progress and outcome stand in its own row
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
# A message that a killed worker held comes back after this time. Tasks that may take longer must be safe to run twice
# at once: a run takes a lock on its row.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_SECONDS", default=60),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "global_keyprefix": "yuanqu:",
}
CELERY_BEAT_SCHEDULER = "config.heartbeat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Each looks for work in the database and does nothing when there is none; "expires" keeps a stopped worker from
    # finding a heap of them.
    "runs-recover": {
        "task": "assessments.tasks.runs_recover",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "evaluations-recover": {
        "task": "assessments.tasks.evaluations_recover",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "proceedings-advance": {
        "task": "assessments.tasks.proceedings_advance",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "standings-refresh": {
        "task": "assessments.tasks.standings_refresh",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "snapshots-refresh": {
        "task": "reports.tasks.snapshots_refresh",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "progress-refresh": {
        "task": "targets.tasks.progress_refresh",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    # Looks whether registry, cases, registers or settings changed since the last check; many changes make one check.
    "rules-check": {
        "task": "compliance.tasks.rules_check",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},
    },
    # Some rules turn with the calendar alone.
    "rules-check-nightly": {
        "task": "compliance.tasks.rules_check",
        "schedule": crontab(minute=15, hour=2),
        "kwargs": {"whatever": True},
        "options": {"expires": 3600},
    },
    "tasks-remind": {
        "task": "compliance.tasks.tasks_remind",
        "schedule": crontab(minute=40, hour="8-18"),
        "options": {"expires": 3000},
    },
    "notices-mail": {
        "task": "accounts.tasks.notices_mail",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 60},
    },
    # A day's reminders go out once; asking every hour of the working day makes up for a server that was down at eight.
    "reminders-send": {
        "task": "indicators.tasks.reminders_send",
        "schedule": crontab(minute=30, hour="8-18"),
        "options": {"expires": 3000},
    },
}

# Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"  # accounts are made by an administrator: sign-up is closed
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/15m/ip,5/15m/key"}  # key: the user name together with the address
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "园区通"
SESSION_COOKIE_AGE = 12 * 60 * 60

# Transport and browser security ---------------------------------------------------------------------------------
HTTPS = env.bool("DJANGO_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside the container, without TLS
SECURE_HSTS_SECONDS = env.int("DJANGO_HSTS_SECONDS", default=60 * 60 * 24 * 30) if HTTPS else 0
if env.bool("DJANGO_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: these belong to whoever runs the domain
    "security.W021",  # likewise the browsers' preload list
]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],  # widths of bars and positions of charts are style attributes
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.vendor.VendorFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
VENDOR_FILES = {
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/css/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",  # its file names it, so it must be there
    "vendor/tabler/js/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/tabler/js/tabler.min.js.map": "@tabler/core/dist/js/tabler.min.js.map",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=20) * 1024 * 1024  # one file: a workbook, a piece of evidence
MEDIA_URL = "media/"  # uploads are evidence: views hand them out after a permission check, the web server never does

# E-mail ---------------------------------------------------------------------------------------------------------
# smtp+tls://user:password@host:587. Without it a laptop writes letters to files, and a server sends none; the page of
# notices says so. Only what stands in notices is ever sent.
_MAIL_URL = env.str("EMAIL_URL", default="" if SERVER else f"filemail:///{DATA_DIR / 'mail'}")
MAIL_KIND = {"": "none", "filemail": "file"}.get(_MAIL_URL.partition(":")[0], "server")
if _MAIL_URL:
    globals().update(environ.Env.email_url_config(_MAIL_URL))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "yuanqu@localhost"
# Where letters lead: the address that people's browsers know.
_HERE = f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0]}" if SERVER else f"http://127.0.0.1:{env.int('PORT', 8000)}"
PORTAL_URL = env.str("PORTAL_URL", default="") or _HERE

# History --------------------------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True  # the database refuses to change or delete history
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history")

# REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.problem_exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 100,
    # Of one address, without log-in: only what is published.
    "DEFAULT_THROTTLE_RATES": {"public": env.str("PUBLIC_API_RATE", default="120/min")},
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "园区通 API",
    "DESCRIPTION": "Zones, designations, indicators, targets and assessments of a province (开发区管理与考核).",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",  # no CDN: the portal works on a closed network
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "common.schema.add_problems"],
}

# Logging --------------------------------------------------------------------------------------------------------
_LOG_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]
_RENDERING = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if SERVER
    else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDERING],
            "foreign_pre_chain": _LOG_PROCESSORS,
        },
    },
    "filters": {"without_health_pages": {"()": "config.logs.WithoutHealthPages"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["without_health_pages"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO" if SERVER else "WARNING")},
    "loggers": {"django.server": {"handlers": [], "propagate": True}},
}
structlog.configure(
    processors=[
        *_LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True

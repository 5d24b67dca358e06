"""The settings, read from the environment (.env.example lists every variable); loud when wrong.

STTM2_MODE is `demo` (bin/run: demonstration accounts, plain http on loopback), `test` or
`production`, which refuses to start with an unsafe value (sttm2/checks.py).
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sttm2 import databases
from sttm2.accounts import *  # noqa: F403
from sttm2.accounts import OIDC_SERVER
from sttm2.broker import *  # noqa: F403
from sttm2.broker import REDIS_URL
from sttm2.env import (
    caches,
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_str,
    next_redis_database,
)
from sttm2.wheels import bundled_library
from sttm2.wiring import *  # noqa: F403

# How many proxies of ours stand before the portal; whose word it takes for who asks.
PROXIES = env_int("STTM2_PROXIES", default=0, least=0)
BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

MODE = env_str("STTM2_MODE", "production")
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"STTM2_MODE={MODE!r}: choose demo, test or production.")
PRODUCTION = MODE == "production"
DEMONSTRATION = MODE == "demo"

DEBUG = env_bool("STTM2_DEBUG", default=False)
SECRET_KEY = env_secret("STTM2_SECRET_KEY")
ALLOWED_HOSTS = env_list(
    "STTM2_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver"
)
CSRF_TRUSTED_ORIGINS = env_list("STTM2_ORIGINS")
PUBLIC_URL = env_str("STTM2_PUBLIC_URL", f"http://127.0.0.1:{env_int('PORT', default=8000)}")

INSTALLED_APPS = [
    "sttm2",
    "funding",
    "lum",
    "deliveries",
    "services",
    "notices",
    "people",
    "zones",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django_linear_migrations",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    # Loaded only where it is configured: it brings an HTTP client into every process.
    *(["allauth.socialaccount.providers.openid_connect"] if OIDC_SERVER else []),
    "axes",
    "csp",
    "leaflet",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "sttm2.middleware.CallerAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "sttm2.public.OpenReadMiddleware",
    "sttm2.public.BelongingMiddleware",
    "sttm2.readers.ReaderMiddleware",
    "sttm2.public.TileMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sttm2.streams.StreamLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sttm2.middleware.ApiLanguageMiddleware",
    "sttm2.middleware.SoundAddressMiddleware",
    "sttm2.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "people.middleware.KnownDeviceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sttm2.middleware.DomainErrorMiddleware",
    "people.middleware.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sttm2.urls"
WSGI_APPLICATION = "sttm2.wsgi.application"
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
                "sttm2.context.portal",
                "deliveries.context.tasks",
                "notices.context.unread",
            ],
        },
    }
]

DATABASES = databases.connections()
EXPORT_SECONDS = databases.EXPORT_SECONDS
# Two databases: whoever empties the cache must not empty the queues (sttm2/checks.py).
REDIS_CACHE_URL = env_str("REDIS_CACHE_URL", "") or next_redis_database(REDIS_URL)
# Neither must be there for the portal to answer; limits go on being counted (core/caches.py).
CACHES = caches(REDIS_CACHE_URL, prefix=env_str("STTM2_QUEUE", "sttm2"))
GDAL_LIBRARY_PATH = bundled_library("pyogrio", "libgdal")
GEOS_LIBRARY_PATH = bundled_library("shapely", "libgeos_c")

AXES_ENABLED = MODE != "test"

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["sttm2.formats"]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# Maps of minified code are for the developer tools: not worth ten seconds of compression.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "ico", "woff", "woff2", "gz", "br"]
STATIC_URL = "static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env_str("STTM2_MEDIA", str(LOCAL_DIR / "media")))
S3_BUCKET = env_str("STTM2_S3_BUCKET", "")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": S3_BUCKET, "endpoint_url": env_str("STTM2_S3_ENDPOINT", "")},
    }
    if S3_BUCKET
    else {"BACKEND": "core.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # nginx
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.storage.UploadToDisk",
]

SMTP_HOST = env_str("STTM2_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = env_str("STTM2_MAIL_FOLDER", str(LOCAL_DIR / "mail"))
EMAIL_HOST, EMAIL_PORT = SMTP_HOST or "localhost", env_int("STTM2_SMTP_PORT", default=587)
EMAIL_HOST_USER = env_str("STTM2_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env_secret("STTM2_SMTP_PASSWORD")
EMAIL_USE_TLS, EMAIL_TIMEOUT = env_bool("STTM2_SMTP_TLS", default=True), 20
DEFAULT_FROM_EMAIL = env_str("STTM2_MAIL_FROM", "portale-sttm2@example.org")
# Whom to tell of a weakness: an address of mail or of a page, with its scheme.
SECURITY_CONTACT = env_str("STTM2_SECURITY_CONTACT", f"mailto:{DEFAULT_FROM_EMAIL}")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.permissions.ReadOnlyUnlessSaid"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "sttm2.parsers.JSON",
        "sttm2.parsers.Multipart",
        "sttm2.parsers.Form",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "sttm2.negotiation.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "sttm2.contract.Contract",
    "EXCEPTION_HANDLER": "sttm2.rest.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"upload": "60/hour", "precheck": "30/hour", "remark": "10/hour"},
    "NUM_PROXIES": 0,  # `sttm2.middleware.CallerAddressMiddleware` has said who asks
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portale STTM 2",
    "DESCRIPTION": "API dei servizi sovracomunali della Città metropolitana di Milano.",
    "VERSION": "1",
    "SERVE_AUTHENTICATION": [],  # the schema looks at no account
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "LICENSE": {"name": "CC BY 4.0"},
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "services.models.Level",
        "ValenceEnum": "services.models.Valence",
        "StatusEnum": "services.models.ServiceStatus",
        "OutcomeEnum": "services.models.Remark.Outcome",
    },
}

# Never a third party's tiles by default; any XYZ address by setting.
BASEMAP_URL = env_str("STTM2_BASEMAP_URL", "")
BASEMAP_ATTRIBUTION = env_str("STTM2_BASEMAP_ATTRIBUTION", "")
LEAFLET_CONFIG = {
    "SPATIAL_EXTENT": (8.70, 45.16, 9.56, 45.66),
    "DEFAULT_CENTER": (45.47, 9.15),
    "DEFAULT_ZOOM": 10,
    "MIN_ZOOM": 8,
    "MAX_ZOOM": 19,
    "TILES": [],
    "RESET_VIEW": False,
    "SCALE": "metric",
}

_BASEMAP_HOST = [BASEMAP_URL.split("/{")[0]] if BASEMAP_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *_BASEMAP_HOST],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE = True, "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env_bool("STTM2_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^(?:healthz|readyz)$"]  # asked from inside
SECURE_HSTS_SECONDS = env_int("STTM2_HSTS_SECONDS", default=PRODUCTION * 31_536_000, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("STTM2_HSTS_SUBDOMAINS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
X_FRAME_OPTIONS = "DENY"

# Deliveries: limits are in validator/limits.py; here what an installation may change.
READER_SOCKET = env_str("STTM2_READER_SOCKET", "")
UPLOAD_MAX_BYTES = env_int("STTM2_UPLOAD_MAX_MB", default=100) * 1024 * 1024
MOST_ROWS = env_int("STTM2_MOST_ROWS", default=100_000)
# Seconds for which the report of a check without account can be read; its file goes at once.
PRECHECK_SECONDS = env_int("STTM2_PRECHECK_SECONDS", default=3600)
RETENTION_DAYS_UNPUBLISHED = env_int("STTM2_RETENTION_DAYS", default=90)
# Days for which the rows of a delivery that is over are kept, by how it ended.
ROWS_KEPT_DAYS = {
    "replaced": env_int("STTM2_ROWS_REPLACED_DAYS", default=7),
    "published": env_int("STTM2_ROWS_PUBLISHED_DAYS", default=90),
}
# Which service may be asked where an address is; without an address none is (sttm2/checks.py).
GEOCODER = {
    "kind": env_str("STTM2_GEOCODER_KIND", "nominatim"),
    "url": env_str("STTM2_GEOCODER_URL", ""),
    "hosts": env_list("STTM2_GEOCODER_HOSTS"),
    "seconds": env_int("STTM2_GEOCODER_SECONDS", default=1),
}

LOG_LEVEL = env_str("STTM2_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"discreet": {"()": "sttm2.logs.Discreet"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["discreet"],
        }
    },
    # They tell each step of their work, which is nobody's news here; urllib3 whole addresses.
    "loggers": {
        n: {"level": "WARNING"} for n in ("weasyprint", "fontTools", "pyogrio", "urllib3")
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

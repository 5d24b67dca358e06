"""How people sign in: accounts by invitation, second
factor, OpenID Connect by setting, lock-out."""

from datetime import timedelta

from sttm2.env import env_secret, env_str

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "people.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]

CSRF_FAILURE_VIEW = "sttm2.pages.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/consegne/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "people.adapters.SocialAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Portale STTM 2"
# Roles whose holders must have a second factor, beside whoever may enter the administration
# (demonstration accounts excepted).
SECOND_FACTOR_ROLES = ("operator", "consultant", "reviewer", "manager")
# OpenID Connect by setting: the gateway of SPID/CIE or the office's own identity provider.
OIDC_SERVER = env_str("STTM2_OIDC_SERVER", "")
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "ente",
                "name": env_str("STTM2_OIDC_NAME", "SPID / CIE"),
                "client_id": env_str("STTM2_OIDC_CLIENT", ""),
                "secret": env_secret("STTM2_OIDC_SECRET"),
                "settings": {"server_url": OIDC_SERVER},
            }
        ]
        if OIDC_SERVER
        else []
    }
}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False

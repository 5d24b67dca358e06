"""How people sign in: accounts by invitation, second factor, OpenID Connect by setting, and what
wrong passwords cost."""

from datetime import timedelta

from sttm2.env import env_list, env_secret, env_str

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "people.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "people.passwords.GuessablePasswordValidator"},
]

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
# Of codes, and of who asks for letters; how many letters one account gets says `people.letters`,
# wrong passwords are slowed down by `people.delays`.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "5/5m/key",  # codes of the second factor, whose asker knows the password
    "reset_password": "20/h/ip",  # not by account: a stranger would deny its owner
}
ACCOUNT_CHANGE_EMAIL = True  # one address for each account, another one in its place
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a new password, a second factor set up or taken away
ACCOUNT_FORMS = {
    "change_password": "people.forms.NewPasswordForm",
    "reset_password_from_key": "people.forms.ForgottenPasswordForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "people.adapters.SecondFactorAdapter"
MFA_FORMS = {"activate_totp": "people.forms.SecondFactorForm"}
# Encrypts what the second factor is made of; without it STTM2_SECRET_KEY does.
SECOND_FACTOR_KEY = env_secret("STTM2_SECOND_FACTOR_KEY")
SECRET_KEY_FALLBACKS = env_list("STTM2_SECRET_KEY_OLD")
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
# Keeps wrong passwords and sign-ins; how long one waits says `people.delays` (FREE, there).
AXES_FAILURE_LIMIT = 5
AXES_HANDLER = "people.delays.PairDelays"
AXES_CLIENT_IP_CALLABLE = "core.throttles.asker"
AXES_USERNAME_CALLABLE = "people.delays.account_named"
AXES_LOCKOUT_PARAMETERS = "people.delays.pair"
AXES_LOCKOUT_CALLABLE = "sttm2.pages.wait"
AXES_COOLOFF_TIME = timedelta(days=1)  # after so long without a mistake nothing counts
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "login",
    "email",
    "next",
    "csrfmiddlewaretoken",
]

"""What our settings mean for Flask and its extensions, each choice with its reason."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from ecrm import i18n
from ecrm.extensions import engine_options

MEBIBYTE = 1024 * 1024


def flask_config(values: dict[str, Any]) -> dict[str, Any]:
    """Return app.config for the settings that config.read() gave; ECRM holds the settings themselves."""
    return _flask(values) | _database(values) | _mail(values) | _security(values) | {"ECRM": values}


def _flask(values: dict[str, Any]) -> dict[str, Any]:
    address = urlsplit(values["PUBLIC_URL"])
    return {
        "SECRET_KEY": values["SECRET_KEY"],
        "TESTING": values["PROFILE"] == "test",
        "PREFERRED_URL_SCHEME": address.scheme,
        # A forged Host must not reach a link or a redirect; a demo is also opened by number from a phone in the same room.
        "TRUSTED_HOSTS": [address.hostname] if values["PROFILE"] == "production" else None,
        "SESSION_COOKIE_NAME": "__Host-ecrm" if values["HTTPS_COOKIES"] else "ecrm",
        "SESSION_COOKIE_SECURE": values["HTTPS_COOKIES"],
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=values["CUSTOMER_SESSION_DAYS"]),
        "REMEMBER_COOKIE_NAME": "__Host-ecrm-remember" if values["HTTPS_COOKIES"] else "ecrm-remember",
        "REMEMBER_COOKIE_SECURE": values["HTTPS_COOKIES"],
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_DURATION": timedelta(days=values["CUSTOMER_SESSION_DAYS"]),
        # A long complaint must not be thrown away because its token is an hour old; it dies with the session.
        "WTF_CSRF_TIME_LIMIT": None,
        # Small everywhere; the upload views raise it for themselves (design, trap 25).
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_PARTS": 200,
        "BABEL_DEFAULT_LOCALE": values["LANGUAGE"],
        "BABEL_DEFAULT_TIMEZONE": values["TIME_ZONE"],
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,
        "FLASK_ADMIN_RAISE_ON_INTEGRITY_ERROR": True,
    }


def _database(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(values["DATABASE_URL"], values["DATABASE_CA"]),
    }


def _mail(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "MAIL_SERVER": values["MAIL_SERVER"],
        "MAIL_PORT": values["MAIL_PORT"],
        "MAIL_USE_TLS": values["MAIL_USE_TLS"],
        "MAIL_USERNAME": values["MAIL_USERNAME"],
        "MAIL_PASSWORD": values["MAIL_PASSWORD"],
        "MAIL_DEFAULT_SENDER": values["MAIL_SENDER"],
        "MAIL_CA": values["MAIL_CA"],
        "MAIL_TIMEOUT": 10,
    }


def _security(values: dict[str, Any]) -> dict[str, Any]:
    own = {
        "PASSWORD_SALT": values["PASSWORD_SALT"],
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_LENGTH_MIN": 12,  # ecrm/rules/password.py, which is a floor above
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "EMAIL_SENDER": values["MAIL_SENDER"],
        "REGISTERABLE": True,
        "USE_REGISTER_V2": True,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "RETURN_GENERIC_RESPONSES": True,
        "AUTO_LOGIN_AFTER_CONFIRM": False,
        "CONFIRM_EMAIL_WITHIN": timedelta(days=1),
        "RESET_PASSWORD_WITHIN": timedelta(days=1),
        "API_ENABLED_METHODS": ["session"],
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "TOTP_SECRETS": {"1": values["TOTP_SECRET"]},
        "TOTP_ISSUER": values["COMPANY_NAME"],
        "FRESHNESS": timedelta(minutes=10),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=5),
        "LOGOUT_METHODS": ["POST"],
        "CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "POST_LOGIN_VIEW": "/start",
        "POST_LOGOUT_VIEW": "/",
        "FLASH_MESSAGES": True, "CACHE_CONTROL": {},  # ecrm/web.py says it, for all pages
    }
    return {f"SECURITY_{name}": value for name, value in own.items()} | i18n.SECURITY

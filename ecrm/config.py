"""Every setting of E-CRM: its name, type, default and meaning, read from ECRM_… over instance/config.py."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from click import ClickException

REQUIRED = object()
PROFILES = ("demo", "production", "test")
SHORTEST_KEY = 32  # characters; secrets.token_urlsafe(32) gives 43


class BadSetting(ClickException):
    """A setting is missing or malformed; the text names it and the remedy, and commands print it as one line."""


def _bool(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError("use true or false")
    return known[text.lower()]


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError("use a number from 1 to 65535")
    return port


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("use a whole number of at least 1")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("use a whole number, 0 or more")
    return number


def _profile(text: str) -> str:
    if text not in PROFILES:
        raise ValueError("use one of " + ", ".join(PROFILES))
    return text


def _language(text: str) -> str:
    if text not in ("id", "en"):
        raise ValueError("use id or en")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("use a zone name such as Asia/Jakarta") from error
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "mysql+pymysql://")):
        raise ValueError("use sqlite:///path or mysql+pymysql://user:password@host/database")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("use an address such as https://care.example.net")
    return text.rstrip("/")


@dataclass(frozen=True)
class Setting:
    """One setting: `parse` turns the text of an environment variable into the value or raises ValueError."""

    name: str
    parse: Callable[[str], Any]
    default: Any
    doc: str
    secret: bool = False


SETTINGS = (
    Setting("PROFILE", _profile, "demo", "demo, production or test; production refuses unsafe settings"),
    Setting("SECRET_KEY", str, REQUIRED, "signs sessions and tokens; made by `flask setup`", secret=True),
    Setting("PASSWORD_SALT", str, REQUIRED, "mixed into password hashes; made by `flask setup`", secret=True),
    Setting("TOTP_SECRET", str, REQUIRED, "encrypts two-factor secrets; made by `flask setup`", secret=True),
    Setting("DATABASE_URL", _database, None, "sqlite:///… or mysql+pymysql://…; default: ecrm.db in the instance folder", secret=True),
    Setting("PUBLIC_URL", _web_address, None, "the address people type; stands in letters; default: http://HOST:PORT"),
    Setting("HOST", str, "127.0.0.1", "address that the server listens on"),
    Setting("PORT", _port, 8000, "port that the server listens on"),
    Setting("THREADS", _positive, 8, "requests answered at the same time"),
    Setting("TRUSTED_PROXIES", _count, 0, "reverse proxies in front whose X-Forwarded-For and -Proto are believed"),
    Setting("HTTPS_COOKIES", _bool, False, "cookies travel over HTTPS only; production requires it"),
    Setting("COMPANY_NAME", str, "PT Prestasi Piranti Informasi", "the provider's name on pages and letters"),
    Setting("COMPANY_PHONE", str, "+622150101234", "the provider's telephone number, shown when something fails"),
    Setting("LANGUAGE", _language, "id", "language where neither the person nor the browser says: id or en"),
    Setting("TIME_ZONE", _zone, "Asia/Jakarta", "time zone of pages and letters where no branch says otherwise"),
    Setting("ATTACHMENTS_DIR", str, None, "folder of attachments; default: attachments in the instance folder"),
    Setting("MAIL_SERVER", str, None, "SMTP host; without it letters are written to mail in the instance folder"),
    Setting("MAIL_PORT", _port, 587, "SMTP port"),
    Setting("MAIL_USE_TLS", _bool, True, "STARTTLS on the SMTP connection"),
    Setting("MAIL_USERNAME", str, None, "SMTP user"),
    Setting("MAIL_PASSWORD", str, None, "SMTP password", secret=True),
    Setting("MAIL_SENDER", str, "layanan@prestasi.example", "sender address of letters"),
)


def read(instance: Path, environ: dict[str, str] | None = None, overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return {name: value} of all settings: `overrides` over ECRM_… over instance/config.py over defaults.

    Raises BadSetting, which names the setting, when one is missing, malformed, unknown or unsafe in production.
    """
    environ = dict(os.environ) if environ is None else environ
    file = _read_file(instance / "config.py")
    values = {setting.name: _value(setting, environ, file) for setting in SETTINGS} | (overrides or {})
    for setting in SETTINGS:
        if values[setting.name] is REQUIRED:
            raise BadSetting(f"ECRM_{setting.name} is missing: run `flask --app ecrm setup`, or set it ({setting.doc}).")
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'ecrm.db'}"
    values["ATTACHMENTS_DIR"] = values["ATTACHMENTS_DIR"] or str(instance / "attachments")
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://{values['HOST']}:{values['PORT']}"
    _check_production(values)
    return values


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    names: dict[str, Any] = {}
    try:
        exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - the operator's own file, as Flask's from_pyfile
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:
        raise BadSetting(f"{path} is not valid Python: {error}.") from error
    found = {name: value for name, value in names.items() if name.isupper()}
    unknown = sorted(set(found) - {setting.name for setting in SETTINGS})
    if unknown:
        raise BadSetting(f"{path} sets {unknown[0]}, which is not a setting; see instance/config.example.py.")
    return found


def _value(setting: Setting, environ: dict[str, str], file: dict[str, Any]) -> Any:
    where = f"ECRM_{setting.name}"
    raw = environ.get(where, file.get(setting.name))
    if raw is None or raw == "":
        return setting.default
    try:
        return setting.parse(str(raw))
    except ValueError as error:
        raise BadSetting(f"{where} is malformed: {error}.") from error


def _check_production(values: dict[str, Any]) -> None:
    if values["PROFILE"] != "production":
        return
    for name in ("SECRET_KEY", "PASSWORD_SALT", "TOTP_SECRET"):
        if len(values[name]) < SHORTEST_KEY:
            raise BadSetting(f"ECRM_{name} is too short for production: at least {SHORTEST_KEY} characters.")
    if not values["HTTPS_COOKIES"]:
        raise BadSetting("ECRM_HTTPS_COOKIES must be true in production, behind HTTPS.")
    if not values["PUBLIC_URL"].startswith("https://"):
        raise BadSetting("ECRM_PUBLIC_URL must start with https:// in production.")

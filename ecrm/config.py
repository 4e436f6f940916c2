"""Every setting of E-CRM: its name, type, default and meaning, read from ECRM_… over instance/config.py."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable

from click import ClickException
from flask import Flask

from ecrm import setting_kinds as kinds

REQUIRED = object()
SHORTEST_KEY = 32  # characters; secrets.token_urlsafe(32) gives 43


class BadSetting(ClickException):
    """A setting is missing or malformed; the text names it and the remedy, and commands print it as one line."""


@dataclass(frozen=True)
class Setting:
    """One setting: `parse` turns the text of an environment variable into the value or raises ValueError."""

    name: str
    parse: Callable[[str], Any]
    default: Any
    doc: str
    secret: bool = False


SETTINGS = (
    Setting("PROFILE", kinds.profile, "demo", "what runs here; production refuses unsafe settings and demo logins"),
    Setting("SECRET_KEY", kinds.secret, REQUIRED, "signs sessions and tokens; made by `flask setup`", secret=True),
    Setting("PASSWORD_SALT", kinds.secret, REQUIRED, "mixed into password hashes; made by `flask setup`", secret=True),
    Setting("TOTP_SECRET", kinds.secret, REQUIRED, "encrypts two-factor secrets; made by `flask setup`", secret=True),
    Setting("DATABASE_URL", kinds.database, None,
            "sqlite:///path or mysql+pymysql://user:password@host/database; default: ecrm.db in the instance folder", secret=True),
    Setting("DATABASE_CA", kinds.file, None,
            "certificate of the authority that signed MariaDB's: the connection is then by TLS, to the server of that name alone"),
    Setting("PUBLIC_URL", kinds.web_address, None, "the address people type; stands in letters; default: http://HOST:PORT"),
    Setting("HOST", kinds.text, "127.0.0.1", "address that the server listens on"),
    Setting("PORT", kinds.port, 8000, "port that the server listens on"),
    Setting("THREADS", kinds.threads, 8, "requests answered at the same time"),
    Setting("DRAIN_SECONDS", kinds.seconds, 0, "seconds that a server which was told to stop still answers while /readyz says so: what a load balancer needs to notice"),
    Setting("TRUSTED_PROXIES", kinds.hops, 0, "reverse proxies in front whose X-Forwarded-For and -Proto are believed"),
    Setting("METRICS_ADDRESS", kinds.private_address, None, "where Prometheus asks `flask start` for numbers, such as 127.0.0.1:9100; default: nowhere"),
    Setting("LOG_FORMAT", kinds.log_format, "text", "how log lines are written; json has a line for each request too"),
    Setting("HTTPS_COOKIES", kinds.yes_or_no, False, "cookies travel over HTTPS only; production requires it"),
    Setting("COMPANY_NAME", kinds.text, "PT Prestasi Piranti Informasi", "the provider's name on pages and letters"),
    Setting("COMPANY_PHONE", kinds.text, "+622150101234", "the provider's telephone number, shown when something fails"),
    Setting("LANGUAGE", kinds.language, "id", "language where neither the person nor the browser says"),
    Setting("TIME_ZONE", kinds.zone, "Asia/Jakarta", "time zone of pages and letters where no branch says otherwise"),
    Setting("STAFF_IDLE_MINUTES", kinds.minutes, 30, "minutes after which an unused session of staff ends"),
    Setting("STAFF_SESSION_HOURS", kinds.hours, 12, "hours after which staff log in again"),
    Setting("CUSTOMER_IDLE_HOURS", kinds.hours, 24, "hours after which a customer's unused session ends, unless they chose to stay logged in"),
    Setting("CUSTOMER_SESSION_DAYS", kinds.days, 30, "days after which a customer logs in again"),
    Setting("BREACHED_PASSWORDS", kinds.file, None,
            "file of SHA-1 hashes of stolen passwords, sorted, as Have I Been Pwned publishes them: none of them is taken for a new one"),
    Setting("OUTAGE_CUSTOMERS", kinds.customers, 3, "customers of one area with a disturbance from which on support is offered to declare an outage"),
    Setting("OUTAGE_MINUTES", kinds.minutes, 60, "minutes within which they must have complained"),
    Setting("COMPENSATION_MBPS", kinds.mbps, 10, "Mbps that one click gives as compensation for an overdue complaint, or proposes for a customer at risk"),
    Setting("COMPENSATION_DAYS", kinds.compensation_days, 30, "days for which it gives them, the first and the last counted"),
    Setting("PROVISION_URL", kinds.web_address, None, "where provisioning is told that a bandwidth addition begins or ends (docs/bandwidth.md); default: nowhere"),
    Setting("PROVISION_SECRET", kinds.secret, None, "signs what it is told", secret=True),
    Setting("RATE_STORAGE", kinds.rate_storage, "memory://",
            "where tries are counted: memory:// for one process, redis://host:port/number for several", secret=True),
    Setting("RETENTION_YEARS", kinds.years, 0,
            "years after the end of the last subscription in which a law forbids to erase a customer; 0: none does (docs/privacy.md)"),
    Setting("CUSTOMER_FILES_MB", kinds.megabytes, 200, "megabytes of photos and PDFs that one customer may have stored"),
    Setting("CLAMD", kinds.clamd, None,
            "where ClamAV's clamd listens, such as unix:/run/clamav/clamd.ctl: no file is kept that it finds something in, or cannot check; default: nobody is asked"),
    Setting("ATTACHMENTS_DIR", kinds.folder, None, "folder of attachments; default: attachments in the instance folder"),
    Setting("S3_BUCKET", kinds.text, None, "bucket of attachments in an S3-compatible store, in the place of the folder; needs `pip install ecrm[s3]`"),
    Setting("S3_ENDPOINT", kinds.web_address, None, "address of the S3-compatible store; default: Amazon's"),
    Setting("S3_REGION", kinds.text, None, "region of the bucket; default: us-east-1, which most other stores take"),
    Setting("S3_ACCESS_KEY", kinds.text, None, "who we are there; default: what the AWS tools' own variables, files or machine roles say", secret=True),
    Setting("S3_SECRET_KEY", kinds.text, None, "what proves it", secret=True),
    Setting("S3_PREFIX", kinds.text, "", "beginning of the objects' names, where the bucket holds other things too, such as ecrm/"),
    Setting("MAIL_SERVER", kinds.text, None, "SMTP host; without it letters are written to mail in the instance folder"),
    Setting("MAIL_PORT", kinds.port, 587, "SMTP port"),
    Setting("MAIL_USE_TLS", kinds.yes_or_no, True, "TLS on the SMTP connection, its certificate checked: STARTTLS, or from the first byte on port 465"),
    Setting("MAIL_CA", kinds.file, None, "certificate of the authority that signed the SMTP server's; default: those of the system"),
    Setting("MAIL_USERNAME", kinds.text, None, "SMTP user"),
    Setting("MAIL_PASSWORD", kinds.text, None, "SMTP password", secret=True),
    Setting("MAIL_SENDER", kinds.email, "layanan@prestasi.example", "sender address of letters"),
    Setting("REPLY_ADDRESS", kinds.email, None,
            "address of the mailbox that is polled: letters about complaints ask to be answered there, a token after a plus; default: answers reach nobody"),
    Setting("IMAP_SERVER", kinds.text, None, "IMAP host of a mailbox that E-CRM has for itself (docs/channels.md); without it none is polled"),
    Setting("IMAP_PORT", kinds.port, 993, "IMAP port; always TLS, its certificate checked: from the first byte, or STARTTLS on port 143"),
    Setting("IMAP_CA", kinds.file, None, "certificate of the authority that signed the IMAP server's; default: those of the system"),
    Setting("IMAP_USERNAME", kinds.text, None, "IMAP user"),
    Setting("IMAP_PASSWORD", kinds.text, None, "IMAP password", secret=True),
    Setting("IMAP_FOLDER", kinds.text, "INBOX", "folder whose unseen mail is fetched"),
    Setting("MAIL_AUTHSERV", kinds.text, None,
            "name of the own mail server in Authentication-Results; with it a mail without a reply token must be signed by its sender's domain (DKIM)"),
    Setting("WEBHOOK_SECRET", kinds.secret, None, "key with which gateways sign the messages that they post to /channels/incoming; without it none may", secret=True),
    Setting("GATEWAY_URL", kinds.web_address, None, "address of a gateway to which letters to customers who chose WhatsApp or Telegram are posted (docs/channels.md)"),
    Setting("GATEWAY_SECRET", kinds.secret, None, "key with which these are signed", secret=True),
    Setting("INCOMING_CATEGORY", kinds.text, "LAIN", "code of the category of complaints that come by mail or message"),
)


def read(instance: Path, environ: dict[str, str] | None = None, overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return {name: value} of all settings: `overrides` over ECRM_… over instance/config.py over defaults.

    Raises BadSetting, which names the setting, when one is missing, malformed, unknown or unsafe in production.
    """
    environ = dict(os.environ) if environ is None else environ
    file = read_file(instance / "config.py")
    values = {setting.name: _value(setting, environ, file) for setting in SETTINGS} | (overrides or {})
    for setting in SETTINGS:
        if values[setting.name] is REQUIRED:
            raise BadSetting(f"ECRM_{setting.name} is missing, also in {instance / 'config.py'}: run `flask --app ecrm setup`, or set it "
                             f"({setting.doc}); ECRM_INSTANCE names another folder.")
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'ecrm.db'}"
    values["ATTACHMENTS_DIR"] = values["ATTACHMENTS_DIR"] or str(instance / "attachments")
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or web_address(values["HOST"], values["PORT"])
    _check_bucket(values)
    _check_provisioning(values)
    _check_gateway(values)
    _check_production(values)
    if values["PROFILE"] == "production" and any(setting.secret and setting.name in file for setting in SETTINGS):
        _check_private(instance / "config.py")
    return values


def instance_folder() -> Path:
    """Return the folder of this installation's settings and data: ECRM_INSTANCE, else Flask's own choice."""
    named = os.environ.get("ECRM_INSTANCE")
    return Path(named).absolute() if named else Path(Flask("ecrm").instance_path)


def web_address(host: str, port: int) -> str:
    """Return the address that a browser on this machine types for a server that listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}"


def source(setting: Setting, environ: dict[str, str], file: dict[str, Any]) -> str | None:
    """Return where the setting is set, ECRM_NAME or "NAME in config.py", None where its default stands."""
    if environ.get(f"ECRM_{setting.name}"):
        return f"ECRM_{setting.name}"
    return f"{setting.name} in config.py" if file.get(setting.name) not in (None, "") else None


def read_file(path: Path) -> dict[str, Any]:
    """Return the settings of a config.py, nothing where there is none. Raises BadSetting where it cannot be read."""
    names: dict[str, Any] = {}
    try:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), names)  # noqa: S102 - the operator's own file, as Flask's from_pyfile
    except (FileNotFoundError, NotADirectoryError):
        return {}
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
    where = source(setting, environ, file)
    if where is None:
        return setting.default
    raw = environ.get(where, file.get(setting.name))
    try:
        return setting.parse(str(raw))
    except ValueError as error:
        raise BadSetting(f"{where} is malformed: {error}.") from error


def _check_bucket(values: dict[str, Any]) -> None:
    if values["S3_BUCKET"] is None and values["S3_ENDPOINT"] is not None:
        raise BadSetting("ECRM_S3_BUCKET is missing: ECRM_S3_ENDPOINT names a store, but no bucket in it.")
    if (values["S3_ACCESS_KEY"] is None) != (values["S3_SECRET_KEY"] is None):
        raise BadSetting("ECRM_S3_ACCESS_KEY and ECRM_S3_SECRET_KEY belong together: set both, or neither.")
    if values["S3_BUCKET"] is not None and find_spec("boto3") is None:
        raise BadSetting("ECRM_S3_BUCKET needs a library that is not installed: pip install ecrm[s3].")


def _check_provisioning(values: dict[str, Any]) -> None:
    if (values["PROVISION_URL"] is None) != (values["PROVISION_SECRET"] is None):
        raise BadSetting("ECRM_PROVISION_URL and ECRM_PROVISION_SECRET belong together: set both, or neither.")


def _check_gateway(values: dict[str, Any]) -> None:
    if (values["GATEWAY_URL"] is None) != (values["GATEWAY_SECRET"] is None):
        raise BadSetting("ECRM_GATEWAY_URL and ECRM_GATEWAY_SECRET belong together: set both, or neither.")


def _check_production(values: dict[str, Any]) -> None:
    if values["PROFILE"] != "production":
        return
    for name in (setting.name for setting in SETTINGS if setting.parse is kinds.secret):
        if values[name] is not None and len(values[name]) < SHORTEST_KEY:
            raise BadSetting(f"ECRM_{name} is too short for production: at least {SHORTEST_KEY} characters.")
    if not values["HTTPS_COOKIES"]:
        raise BadSetting("ECRM_HTTPS_COOKIES must be true in production, behind HTTPS.")
    if not values["PUBLIC_URL"].startswith("https://"):
        raise BadSetting("ECRM_PUBLIC_URL must start with https:// in production.")


def _check_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o007:
        raise BadSetting(f"{path} holds secrets, and every user of this machine may read or change it: chmod o= {path}.")

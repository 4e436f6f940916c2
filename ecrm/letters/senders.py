"""Where letters go: to an SMTP server, or as files into a folder."""

import re
import smtplib
import ssl
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from flask_mailman import EmailMultiAlternatives
from flask_mailman.backends.smtp import EmailBackend

from ecrm.extensions import mail

SMTPS_PORT = 465  # TLS from the first byte, where STARTTLS would wait for a greeting that never comes
BYE = 421  # the server closes the connection
# A 5xx to RCPT that is about us, not about the recipient: log in first, policy, relay denied.
ABOUT_US = re.compile(r"^530|^5\d\d[ -]5\.7\.")


class RecipientRefused(Exception):
    """The recipient does not exist, for good: the letter need not be tried again."""


class NoConnection(Exception):
    """The server could not be reached, or did not let us in: no letter can be sent now."""


class _Answer(OSError):
    """The server's temporary refusal, in its own words."""


class Sender(Protocol):
    """Sends messages one after the other until it is closed."""

    def send(self, message: EmailMultiAlternatives, name: str) -> None:
        """Send one message, known as `name`; raises RecipientRefused, NoConnection, or OSError: try again later."""

    def close(self) -> None:
        """Let go of the connection."""


def sender() -> Sender:
    """Return the sender that the settings ask for."""
    if current_app.config["MAIL_SERVER"]:
        return SmtpSender()
    return FolderSender(Path(current_app.instance_path) / "mail")


def trusted() -> ssl.SSLContext:
    """Return what the server's certificate is checked against: the authority of the setting, else those of the system."""
    return ssl.create_default_context(cafile=current_app.config["MAIL_CA"])


class _Smtp(smtplib.SMTP):
    """SMTP whose STARTTLS checks the certificate; the standard library's does not unless told."""

    def starttls(self, *args: Any, context: ssl.SSLContext | None = None, **more: Any) -> Any:
        """Begin TLS with a server that proves its name."""
        return super().starttls(*args, context=context or trusted(), **more)


class _Backend(EmailBackend):
    """Flask-Mailman's connection, over our SMTP."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the connection."""
        return smtplib.SMTP_SSL if self.use_ssl else _Smtp

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """Return the context of TLS from the first byte."""
        return trusted()


class SmtpSender:
    """Sends over one SMTP connection, opened at the first message and again when it breaks."""

    def __init__(self) -> None:
        """Read the settings; nothing is opened yet."""
        tls, implicit = current_app.config["MAIL_USE_TLS"], current_app.config["MAIL_PORT"] == SMTPS_PORT
        self._backend = mail.get_connection(backend=_Backend, use_tls=tls and not implicit, use_ssl=tls and implicit)

    def send(self, message: EmailMultiAlternatives, name: str) -> None:
        """Send one message; raises RecipientRefused, NoConnection, or OSError (smtplib's errors are OSErrors)."""
        try:
            self._backend.open()
        except OSError as error:
            self._drop()
            raise NoConnection(words_of(error)) from error
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            self._refused(error)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == BYE:
                self._drop()
            raise
        except OSError:
            self._drop()
            raise

    def close(self) -> None:
        """Say goodbye to the server."""
        try:
            self._backend.close()
        except OSError:  # all letters are through; how the server takes its leave changes nothing
            self._drop()

    def _refused(self, error: smtplib.SMTPRecipientsRefused) -> None:
        (code, text), = error.recipients.values()
        if code == BYE:
            self._drop()
        answer = _answer(code, text)
        if code >= 500 and not ABOUT_US.match(answer):
            raise RecipientRefused(answer) from error
        raise _Answer(answer) from error

    def _drop(self) -> None:
        """Forget a broken connection without another word to the server."""
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            connection.close()


class FolderSender:
    """Writes each message as a file that mail programs open; the same letter again replaces its file."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, for the owner alone: letters open accounts."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def send(self, message: EmailMultiAlternatives, name: str) -> None:
        """Write one message, whole or not at all."""
        made = self._folder / f".{name}.part"
        made.write_bytes(message.message().as_bytes())
        made.chmod(0o600)
        made.replace(self._folder / f"{name}.eml")

    def close(self) -> None:
        """Nothing is open."""


def words_of(error: Exception) -> str:
    """Return an error as an operator reads it: the server's own answer, or what the system says."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, (RecipientRefused, NoConnection, _Answer)):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"

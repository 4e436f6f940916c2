"""`flask setup`: the instance folder and its config.py with fresh secrets, which nobody else may read."""

import os
import secrets
import tempfile
from pathlib import Path

import click
from passlib.totp import generate_secret

from ecrm import config

TEMPLATE = '''\
# Settings of this installation; every name is explained in docs/configuration.md. ECRM_<NAME> in the environment wins.
# Whoever knows these three can sign in as anybody. Keep a copy of them with the backups of the database.
SECRET_KEY = "{key}"
PASSWORD_SALT = "{salt}"
TOTP_SECRET = "{totp}"
'''


@click.command()
def setup() -> None:
    """Make the instance folder and config.py with fresh secrets; what is there already stays."""
    folder = config.instance_folder()
    if make_config(folder):
        click.echo(f"Made {folder / 'config.py'} with fresh secrets.")
    else:
        click.echo(f"{folder / 'config.py'} is there already; nothing was changed.")


def make_config(folder: Path) -> bool:
    """Write config.py into the folder, for its owner alone; return False where one is there already.

    Raises ClickException with the remedy where the folder cannot be written.
    """
    target = folder / "config.py"
    text = TEMPLATE.format(key=secrets.token_urlsafe(32), salt=secrets.token_urlsafe(32), totp=generate_secret())
    try:
        if target.exists():
            return False
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        return _write_new(target, text)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> click.ClickException:
    """Return the refusal that names a folder in which nothing can be kept."""
    return click.ClickException(
        f"The folder {folder} cannot be written ({error.strerror}): make it writable, or name another with ECRM_INSTANCE."
    )


def _write_new(target: Path, text: str) -> bool:
    """Bring a whole file into being under its name, never over another one; False where somebody was faster."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")  # mkstemp gives it to its owner alone
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if os.name == "nt":
            part.rename(target)  # Windows refuses an existing name, and not every disk of it has links
        else:
            os.link(part, target)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True

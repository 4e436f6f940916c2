"""Commands that keep the catalogues in ecrm/translations: `translations update` and `translations compile`."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from tempfile import NamedTemporaryFile

import click
import flask_admin
import flask_security
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from wtforms.i18n import messages_path

from ecrm.i18n import TRANSLATIONS

LANGUAGE = "id"  # English needs none: the texts in the code are English
DOMAINS = ("messages", "admin", "flask_security", "wtforms")  # ours, and one for each library
PROJECT = Path(TRANSLATIONS).parent.parent
ADMIN_KEYWORDS = DEFAULT_KEYWORDS | {"_gettext": None, "lazy_gettext": None, "_ngettext": (1, 2)}
ADMIN_FILES = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def path(domain: str, kind: str) -> Path:
    """Return the file of a domain's catalogue; `kind` is po or mo."""
    return Path(TRANSLATIONS) / LANGUAGE / "LC_MESSAGES" / f"{domain}.{kind}"


def template(domain: str) -> Catalog:
    """Return the texts of a domain as the code and the installed libraries have them now; ours need the source tree."""
    if domain == "messages":
        return _extracted()
    if domain == "admin":
        return _extracted_from_admin()
    folder = Path(messages_path()) if domain == "wtforms" else Path(flask_security.__file__).parent / "translations"
    return _read(folder / f"{domain}.pot")


def translated(domain: str) -> Catalog:
    """Return a domain's catalogue."""
    return _read(path(domain, "po"))


def _read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=LANGUAGE)


def _extracted() -> Catalog:
    with NamedTemporaryFile(suffix=".pot") as file, chdir(PROJECT):
        CommandLineInterface().run(["pybabel", "--quiet", "extract", "--mapping=pyproject.toml", f"--output={file.name}", "."])
        return _read(Path(file.name))


def _extracted_from_admin() -> Catalog:
    found = Catalog()
    folder = Path(flask_admin.__file__).parent
    for name, _line, text, _comments, context in extract_from_dir(folder, ADMIN_FILES, keywords=ADMIN_KEYWORDS):
        if not name.startswith("tests"):
            found.add(text, locations=[(f"flask_admin/{name}", 0)], context=context)
    return found


def missing(domain: str) -> Iterator[str]:
    """Yield the English texts of a domain that have no Indonesian."""
    for message in translated(domain):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            yield message.id[0] if isinstance(message.id, tuple) else message.id


@click.group()
def translations() -> None:
    """Keep the Indonesian catalogues."""


@translations.command()
def update() -> None:
    """Write new texts into the .po files, take out old ones, and list what waits for a translation."""
    if not (PROJECT / "pyproject.toml").exists():
        raise click.ClickException("The texts can be collected from the project's source tree only.")
    for domain in DOMAINS:
        catalogue = translated(domain)
        catalogue.update(template(domain), no_fuzzy_matching=True, update_creation_date=False)
        with path(domain, "po").open("wb") as file:
            write_po(file, catalogue, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
        for text in missing(domain):
            click.echo(f"{domain}: {text}")


@translations.command("compile")
def compile_() -> None:
    """Write the .mo files, which the application reads, from the .po files."""
    for domain in DOMAINS:
        with path(domain, "mo").open("wb") as file:
            write_mo(file, translated(domain))


COMMANDS: tuple[click.Command, ...] = (translations,)

"""The copy of all that we hold on a person: one ZIP with a page to read, the same as JSON, and the person's files."""

import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Flask, current_app
from jinja2 import FileSystemLoader
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ecrm import formats, storage
from ecrm.i18n import gettext as _
from ecrm.models import TABLES, Attachment, Customer, Step, User
from ecrm.privacy.person import gather
from ecrm.rules.phone import readable

log = logging.getLogger(__name__)
IN_MEMORY = 4 * 1024 * 1024  # bytes; a larger copy goes to the disk while it is made
CHUNK = 64 * 1024
LEFT_OUT = ("version", "lease_owner", "lease_until")  # of our machines, not of the person


class Field(NamedTuple):
    """A label and its value as people read it."""

    label: str
    value: str


class Section(NamedTuple):
    """The rows of one table."""

    title: str
    rows: list[list[Field]]


def init_app(app: Flask) -> None:
    """Make the environment of the page."""
    app.extensions["privacy"] = app.jinja_env.overlay(loader=FileSystemLoader(Path(__file__).parent / "templates"))


def make(session: Session, customer: Customer, at: datetime) -> IO[bytes]:
    """Return the ZIP as a file at its beginning; in the language of who asks for it."""
    person = gather(session, customer)
    found = {model: _rows(session, model, ids) for model, ids in person.ids.items() if ids}
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115 - who sends it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        tables = {model.__tablename__: [as_data(row) for row in rows] for model, rows in found.items()}
        archive.writestr("data.json", json.dumps({"made_at": at.isoformat(), "tables": tables}, ensure_ascii=False, indent=1))
        archive.writestr(_("summary") + ".html", _page(customer, found, at))
        for row in found.get(Attachment, ()):
            _add(archive, row)
    file.seek(0)
    return file


def name_of(customer: Customer, at: datetime) -> str:
    """Return the name of the file."""
    return f"{customer.number}-{customer.branch.local(at):%Y%m%d}.zip"


def as_data(row: Any) -> dict[str, Any]:
    """Return the columns of a row as JSON takes them, secrets left out."""
    return {column.key: _plain(getattr(row, column.key)) for column in _columns(type(row))}


def _columns(model: Any) -> Iterator[Any]:
    """Yield the columns that say something about a person; keys of sessions and of stored files open doors and say nothing."""
    for column in inspect(model).columns:
        if column.key not in LEFT_OUT and not column.info.get("secret"):
            yield column


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value


def _rows(session: Session, model: Any, ids: list[int]) -> list[Any]:
    return list(session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)))


def _page(customer: Customer, found: dict[type, list[Any]], at: datetime) -> str:
    """Return the page to read."""
    sections = [Section(str(model.__labels__), [list(_fields(row)) for row in rows]) for model, rows in found.items()]  # type: ignore[attr-defined]
    settings = current_app.config["ECRM"]
    template = current_app.extensions["privacy"].get_template("copy.html")
    page: str = template.render(
        customer=customer, sections=sections, made=formats.exact(at), company=settings["COMPANY_NAME"], phone=readable(settings["COMPANY_PHONE"]),
        language=str(formats.language()),
    )
    return page


def _fields(row: Any) -> Iterator[Field]:
    """Yield what a row says, empty columns left out; of related rows their name, of our people none: their data are theirs."""
    mapper = inspect(type(row))
    relations = {pair[0].key: relation for relation in mapper.relationships if not relation.uselist for pair in relation.local_remote_pairs}
    for column in _columns(type(row)):
        value, relation = getattr(row, column.key), relations.get(column.key)
        if relation is not None:
            value = None if relation.mapper.class_ in (User, Customer) else getattr(row, relation.key)
        if column.key != "id" and value not in (None, "", {}, []):
            yield Field(str(column.info["label"]), _said(row, column.key, value))


def _said(row: Any, key: str, value: Any) -> str:
    if isinstance(row, Step) and key in ("before", "after"):
        labels = {column.key: str(column.info["label"]) for column in inspect(TABLES[row.table]).columns} if row.table in TABLES else {}
        return "; ".join(f"{labels.get(name, name)}: {one}" for name, one in value.items())
    if isinstance(row, Step) and key == "table":
        return str(TABLES[value].__label__) if value in TABLES else value
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return formats.exact(value)
    if isinstance(value, date):
        return formats.day(value)
    return ", ".join(f"{name}: {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)


def _add(archive: ZipFile, row: Attachment) -> None:
    """Add a file; one that the store has lost is missing in the copy too."""
    try:
        with storage.open(row) as source, archive.open(f"files/{row.id}-{row.name}", "w") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
    except FileNotFoundError:
        log.error("the store has lost attachment %d", row.id)


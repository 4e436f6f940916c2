"""What the attacks share: words planted in every text column past all forms, and all that the people can then read."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Enum, String, Text, UniqueConstraint, inspect

from ecrm.extensions import db
from ecrm.models import MODELS, Attachment, Complaint, Promo
from ecrm.models.account import RoleName
from tests.test_sweep_fields import pages

# Columns that code reads and no person writes: what stands there is one of a few words, or a key.
OURS = {("role", "name"), ("step", "table"), ("step", "action"), ("step", "from_status"), ("step", "to_status"), ("letter", "template"),
        ("attachment", "storage_key"), ("attachment", "media_type"), ("attachment", "sha256"), ("saved_view", "table"),
        ("saved_view", "query"), ("recap", "kind"), ("recap", "sha256"), ("user_session", "token"), ("user", "fs_uniquifier"),
        ("user", "password"), ("user", "tf_totp_secret"), ("user", "tf_primary_method"), ("user", "mf_recovery_codes"), ("user", "email"),
        ("job", "name"), ("job", "lease_owner"), ("promo", "picture"), ("complaint", "token"), ("reply", "client_key"), ("counted_day", "once"), ("counted_day", "counted")}


def plant(app: Flask, words: str) -> int:
    """Write `words`, cut to fit and made unique, in every text column of every row; return in how many columns."""
    planted = 0
    with app.app_context(), db.engine.begin() as connection:
        for model in MODELS:
            columns = [column for column in inspect(model).columns if _writable(model, column)]
            planted += len(columns)
            for number in connection.scalars(db.select(model.id)).all():
                values = {column.key: _value(column, words, number) for column in columns}
                if values:
                    connection.execute(model.__table__.update().where(model.id == number).values(values))
    return planted


def _writable(model: Any, column: Any) -> bool:
    kind = column.type
    text = isinstance(kind, (String, Text)) and not isinstance(kind, Enum)
    return (text or (isinstance(kind, JSON) and model.__tablename__ == "step")) and (model.__tablename__, column.key) not in OURS


def _value(column: Any, words: str, number: int) -> Any:
    if isinstance(column.type, JSON):
        return {"name": words}
    together = any(isinstance(one, UniqueConstraint) and column.name in one.columns for one in column.table.constraints)
    mark = f"{number}" if column.unique or together else ""
    return words[: (column.type.length or 2000) - len(mark)] + mark


def everything(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield (address, text) of all pages of all people, staff and customers."""
    for role in RoleName:
        if role is not RoleName.CUSTOMER:
            yield from ((f"{role.value}: {address}", text) for address, text in pages(app, role, files=False).items())
    person = app.test_client().become("customer")
    with app.app_context():
        numbers, codes = db.session.scalars(db.select(Complaint.number)).all(), db.session.scalars(db.select(Promo.code)).all()
        files = db.session.scalars(db.select(Attachment.id)).all()
    addresses = ["/", "/home", "/promos", "/bandwidth", "/complaints", "/complaints?view=all", "/complaints/new", "/profile", "/sessions",
                 *(f"/complaints/{number}" for number in numbers), *(f"/attachments/{number}" for number in files)]
    with app.test_request_context():
        addresses += [app.url_map.bind("localhost").build("portal.promo", {"code": code}) for code in codes]
    for address in addresses:
        answer = person.get(address)
        assert answer.status_code in (200, 302, 404), f"{address}: {answer.status_code}"
        yield address, answer.get_data(as_text=True)


class Elements(HTMLParser):
    """What a browser would make of a page: what could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note what no template of ours holds."""
        own = dict(attrs)
        handlers = [name for name in own if name.startswith("on")]
        links = [value for name, value in own.items() if name in ("href", "src", "action", "formaction") and value
                 and value.replace("\t", "").strip().lower().startswith(("javascript:", "data:text", "vbscript:"))]
        bare = tag == "script" and "nonce" not in own and own.get("type") != "application/json" and not (own.get("src") or "").startswith("/")
        if handlers or links or bare or tag in ("iframe", "object", "embed", "base") or own.get("src") == "x":
            self.bad.append(self.get_starttag_text() or tag)

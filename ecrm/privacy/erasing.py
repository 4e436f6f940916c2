"""The erasure of a person by pseudonyms: words and files go, numbers, states and moments stay, so that every recap adds up as before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import TABLES, AccessEvent, ApiAnswer, Attachment, Customer, IncomingMessage, Letter, PdpRequest, Promo, RiskScore, Step, User, UserSession
from ecrm.models.customer import CustomerStatus
from ecrm.models.letter import LetterState
from ecrm.models.pdp_request import PDP_OPEN
from ecrm.privacy import columns
from ecrm.privacy.person import Person, gather
from ecrm.rules import erasure, move, told
from ecrm.rules.facts import facts
from ecrm.trail import MASK

# Rows that are nothing but personal data; no recap counts them.
GONE = (IncomingMessage, Attachment, RiskScore, UserSession, AccessEvent, Letter)
KEYS: dict[Any, Any] = {Attachment: Attachment.storage_key, IncomingMessage: IncomingMessage.raw_key}
TEMPLATE = "pdp_request_fulfil_customer"


@dataclass(frozen=True)
class Erased:
    """What was done: the number of rows by table, and the keys of the files that nobody needs any more."""

    rows: dict[type, int]
    files: tuple[str, ...]


def erase(session: Session, request: PdpRequest, by: User, at: datetime, years: int) -> Erased:
    """Erase the person of a request and fulfil it; flushed, uncommitted. The caller removes the files after the commit.

    `years` is how long we must keep who was a customer. Raises erasure.NotNowErased, which says why not.
    """
    customer = session.scalars(select(Customer).where(Customer.id == request.customer_id).with_for_update()).one()
    erasure.check(session, request, at, years)
    person = gather(session, customer)
    files = _files(session, person)
    last = _last_letters(request, at)
    for model in GONE:
        drop(session, model, person.ids[model])
    drop(session, Letter, _letters_about(session, person))
    session.execute(delete(ApiAnswer))  # kept for a day, and may repeat the person's words
    for model, ids in person.ids.items():
        if model not in (*GONE, Step):
            empty(session, model, ids)
    empty_trail(session, person.ids[Step])
    _optimise_search(session)
    session.expire_all()
    done = Erased({model: len(ids) for model, ids in person.ids.items() if ids}, tuple(files))
    _close(session, customer, request, by, at, done)
    session.add_all(last)
    session.flush()
    return done


def _close(session: Session, customer: Customer, request: PdpRequest, by: User, at: datetime, done: Erased) -> None:
    """End what is open of the person, and leave the evidence."""
    customer.erased_at, customer.restricted_at = at, customer.restricted_at or at
    if customer.user is not None:
        customer.user.active = False
    if customer.status is not CustomerStatus.ENDED:
        move(customer, "end", by, at, reason=request.number)
    others = select(PdpRequest).where(PdpRequest.customer_id == customer.id, PdpRequest.status.in_(PDP_OPEN), PdpRequest.id != request.id)
    for row in session.scalars(others):
        move(row, "withdraw", None, at)
    counts = ", ".join(f"{model.__label__}: {count}" for model, count in done.rows.items())  # type: ignore[attr-defined]
    evidence = _("Erased by pseudonyms. Rows: %(rows)s. Files removed: %(files)s.", rows=counts, files=len(done.files))
    move(request, "erase", by, at, answer=_answer(), evidence=evidence)


def _answer() -> str:
    return _("Your personal data have been erased and your account is closed. What is left are numbers without a name.")


def _last_letters(request: PdpRequest, at: datetime) -> list[Letter]:
    """Return the letter that says so, to the address that we are about to forget: it is forgotten when the letter has left."""
    data = {"table": "pdp_request", "id": request.id, "number": request.number, "forget": True} | facts(request)
    letters = told.to_customer(request.customer, TEMPLATE, at, **data)
    for letter in letters:
        with force_locale(letter.language.value):
            letter.data = data | {"answer": _answer()}
        letter.customer_id = None
    return letters


def _files(session: Session, person: Person) -> list[str]:
    """Return the keys of the person's files and messages that nothing else has too: the same bytes are kept once."""
    keys: set[str] = set()
    for model, column in KEYS.items():
        keys |= set(session.scalars(select(column).where(model.id.in_(person.ids[model]))))
    for model, column in KEYS.items():
        keys -= set(session.scalars(select(column).where(column.in_(keys), model.id.not_in(person.ids[model]))))
    return sorted(keys - set(session.scalars(select(Promo.picture_key).where(Promo.picture_key.in_(keys)))))


def _letters_about(session: Session, person: Person) -> list[int]:
    """Return the letters to the staff about the person's rows that still have their words: those that have not left."""
    own = {(model.__tablename__, number) for model, ids in person.ids.items() for number in ids}  # type: ignore[attr-defined]
    waiting = session.execute(select(Letter.id, Letter.data).where(Letter.state != LetterState.SENT))
    return [number for number, data in waiting if (data.get("table"), data.get("id")) in own]


# Past the trail, which would keep what is to be forgotten: these statements are not the session's, but its connection's.
def drop(session: Session, model: Any, ids: Iterable[int]) -> None:
    """Delete rows."""
    table = model.__table__
    session.connection().execute(delete(table).where(table.c.id.in_(list(ids))))


def empty(session: Session, model: Any, ids: list[int]) -> None:
    """Take the words out of rows; who has one open on a form is told that somebody was faster."""
    table = model.__table__
    found = columns.personal(table)
    for row_id in ids if found else ():
        values = {column.name: columns.instead(column, row_id) for column in found}
        if "version" in table.c:
            values["version"] = table.c.version + 1
        session.connection().execute(update(table).where(table.c.id == row_id).values(values))


def empty_trail(session: Session, ids: list[int]) -> None:
    """Mask what the trail keeps of the words; that something was changed, when and by whom stays."""
    table = Step.__table__
    rows = session.connection().execute(select(table.c.id, table.c.table, table.c.before, table.c.after).where(table.c.id.in_(ids)))
    changed = [
        {"row": row.id, "was": _masked(row.table, row.before), "then": _masked(row.table, row.after)} for row in rows
    ]
    if changed:
        statement = update(table).where(table.c.id == bindparam("row"))
        statement = statement.values(reason=None, before=bindparam("was", type_=table.c.before.type), after=bindparam("then", type_=table.c.after.type))
        session.connection().execute(statement, changed)


def _masked(name: str, values: dict[str, Any]) -> dict[str, Any]:
    table = TABLES[name].__table__
    words = {column.name for column in table.columns if columns.speaks(column)}
    return {key: MASK if key in words and f"{name}.{key}" not in columns.KEPT else value for key, value in values.items()}


def _optimise_search(session: Session) -> None:
    """Let SQLite's full-text tables forget the words of rows that have changed; MariaDB's are merged by the server."""
    if session.get_bind().dialect.name == "sqlite":
        for name in ("complaint", "customer", "reply"):
            session.connection().exec_driver_sql(f"INSERT INTO fts_{name}(fts_{name}) VALUES ('optimize')")

"""New rows, changes, replies and moves: by the same rules as the forms, each in one transaction."""

from typing import Any

from flask import Response, request
from sqlalchemy import inspect
from sqlalchemy.orm.exc import StaleDataError

from ecrm import checks, policy
from ecrm.api import door, once, resources, values
from ecrm.api.problems import Problem, refused
from ecrm.api.reading import etag, fetch
from ecrm.api.resources import REPLIES, Resource
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, Role, User
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.rules import duplicates, move
from ecrm.rules.complaint import answer
from ecrm.rules.errors import Refused

LONGEST_REPLY = 5000


def create(resource: Resource) -> Response:
    """Make a row."""
    _need(resource, Right.CREATE)
    sent = values.body()

    def make() -> once.Made:
        row = resource.model(**values.read(resource, resource.create, sent, created=True))
        return _written(resource, row, 201, lambda: _born(resource, row))

    return once.carried_out(make)


def change(resource: Resource, id: int) -> Response:
    """Change a row that still has the version named in If-Match."""
    _need(resource, Right.EDIT)
    fetch(resource, id)
    sent = values.body()

    def make() -> once.Made:
        row = fetch(resource, id, lock=True)
        _match(row, needed=True)
        if not _changeable(row):
            raise Problem(409, _("This cannot be changed any more: the status is “%(status)s”.", status=row.status.label))
        found = values.read(resource, resource.edit, sent, created=False)
        return _written(resource, row, 200, lambda: _changed(resource, row, found))

    return once.carried_out(make)


def reply(resource: Resource, id: int) -> Response:
    """Write a reply to a complaint, or a note that its customer does not see."""
    _need(REPLIES, Right.CREATE)
    fetch(resource, id)  # before the body is read: what does not exist has no fields either
    sent = values.body()
    found = values.read(REPLIES, REPLIES.create, sent, created=True)
    if len(found["text"]) > LONGEST_REPLY:
        raise Problem(422, _("Some fields are not right."), {"text": _("At most %(max)d characters.", max=LONGEST_REPLY)})

    def make() -> once.Made:
        try:
            row = answer(fetch(resource, id, lock=True), found["text"], door.user(), now(), public=found.get("public", True))
            db.session.flush()
        except (Refused, StaleDataError) as error:
            raise refused(error, REPLIES.model) from error
        return resources.shape(REPLIES, door.role(), row), 201, {}

    return once.carried_out(make)


def act(resource: Resource, id: int) -> Response:
    """Carry out a verb of the lifecycle, with the facts that it needs."""
    fetch(resource, id)
    sent = values.body()
    verb = next((verb for verb in resource.verbs(door.role()) if verb.name == sent.get("verb")), None)
    if verb is None:
        raise Problem(422, _("Some fields are not right."), {"verb": _("Not a valid choice.")})

    def make() -> once.Made:
        row = fetch(resource, id, lock=True)
        _match(row)
        facts = _facts(resource, row, verb, sent)
        return _written(resource, row, 200, lambda: move(row, verb.name, door.user(), now(), **facts))

    return once.carried_out(make)


def _need(resource: Resource, right: Right) -> None:
    if not resource.may(door.role(), right):
        raise Problem(403, _("Your account has no right to this page."))


def _match(row: Any, needed: bool = False) -> None:
    """Raise Problem where the row has another version than If-Match says, or where that is missing."""
    asked = request.headers.get("If-Match")
    if asked is None and needed:
        raise Problem(428, _("Say in If-Match which version you have seen."))
    if asked is not None and not request.if_match.contains(str(row.version)):
        raise Problem(412, _("Somebody else was faster. Please look again."))


def _changeable(row: Any) -> bool:
    """Return whether a row may still be changed: its lifecycle fixes some, and nothing is written about a person who was erased."""
    lifecycle = getattr(row, "__lifecycle__", None)
    return (lifecycle is None or row.status not in lifecycle.fixed) and getattr(row, "erased_at", None) is None


def _changed(resource: Resource, row: Any, found: dict[str, Any]) -> None:
    for name, value in found.items():
        setattr(row, name, value)
    for check in resource.checks:
        check(row)


def _born(resource: Resource, row: Any) -> None:
    for check in resource.checks:
        check(row)
    if resource.born:
        resource.born(db.session(), row, now(), door.user())
    db.session.add(row)


def _written(resource: Resource, row: Any, status: int, write: Any) -> once.Made:
    """Return the answer with a row as `write` leaves it; raises Problem where a rule says no."""
    try:
        with db.session.no_autoflush:
            write()
        db.session.flush()
    except (Refused, StaleDataError) as error:
        raise refused(error, resource.model) from error
    place = {"Location": f"{request.path}/{row.id}"} if status == 201 else {}
    return resources.shape(resource, door.role(), row), status, etag(row) | place


# What a verb asks for

def _facts(resource: Resource, row: Any, verb: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a verb as move() takes them."""
    wanted = {fact_field(resource, name): name for name in (*verb.needs, *verb.takes)}
    errors = {name: _("This is not known here.") for name in sent if name not in ("verb", *wanted)}
    facts = {}
    for field, name in wanted.items():
        try:
            facts[name] = _fact(resource, row, name, sent.get(field))
        except values.Unfit as error:
            errors[field] = str(error)
    if errors:
        raise Problem(422, _("Some fields are not right."), errors)
    return facts


def fact_field(resource: Resource, name: str) -> str:
    """Return what the API calls a fact of a verb."""
    return f"{name}_id" if name in inspect(resource.model).relationships else name


def _fact(resource: Resource, row: Any, name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in inspect(resource.model).relationships:
        return _candidate(row, name, value)
    longest = 500 if name == "reason" else resource.column(name).type.length or checks.LONGEST
    value = values.text(value)
    if len(value) > longest:
        raise values.Unfit(_("At most %(max)d characters.", max=longest))
    return value


def _candidate(row: Any, name: str, number: Any) -> Any:
    """Return the row that a fact points to: an active person with the role that the relation is named after, or a complaint to merge into."""
    if type(number) is int and 0 < number <= checks.LARGEST:
        if name == "merged_into":
            query = duplicates.mergeable(row.id).where(policy.scope(Complaint, door.role(), door.user()))
            found = next((other for other in db.session.scalars(query) if other.id == number), None)
        else:
            people = policy.visible(User, door.role(), door.user()).where(User.id == number, User.active.is_(True))
            found = db.session.scalars(people.where(User.roles.any(Role.name == name))).one_or_none()
        if found is not None:
            return found
    raise values.Unfit(_("Not a valid choice."))

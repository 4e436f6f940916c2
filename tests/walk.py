"""All pages that a person can open, in a company with a row in every state, for the sweeps that look at each of them."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Complaint, ComplaintCategory, CoverageArea, Customer, Installation, Letter, Outage, PdpRequest, PromoRequest, Subscription, User
from ecrm.models.account import STAFF, RoleName
from ecrm.models.base import now
from ecrm.models.letter import LetterState
from ecrm.models.pdp_request import PdpKind
from ecrm.reports import recaps
from ecrm.rules import LIFECYCLES, move, outage, pdp_request
from ecrm.rules.complaint import answer, enter, rate
from tests import world
from tests.sweep import SCREEN_OF, cell_of, few
from tests.world import Browser, email, one

PEOPLE = (None, *RoleName)
NO_PAGES = {"static", "export", "file", "copy_view", "data_file", "file_view", "picture_view", "ajax_lookup", "attachment", "go", "find", "start"}
TALE = (  # the verbs that bring one more complaint, application, grant or wish into each of the states
    ("pdp_request", ("take",)), ("pdp_request", ("fulfil",)), ("pdp_request", ("decline",)), ("pdp_request", ("withdraw",)),
    ("complaint", ()), ("complaint", ("assign", "start")), ("complaint", ("assign", "wait")), ("complaint", ("assign", "start", "resolve")),
    ("complaint", ("assign", "start", "resolve", "confirm")), ("complaint", ("assign", "start", "resolve", "reopen")), ("complaint", ("cancel",)),
    ("installation", ()), ("installation", ("survey",)), ("installation", ("survey", "not_covered")), ("installation", ("cancel",)),
    ("installation", ("survey", "schedule", "install")), ("installation", ("survey", "schedule", "install", "activate")),
    ("bandwidth_grant", ("approve", "expire")), ("bandwidth_grant", ("approve",)), ("bandwidth_grant", ("revoke",)),
    ("promo_request", ("accept",)), ("promo_request", ("decline",)), ("promo_request", ("withdraw",)),
)

EVERY_PAGE = bool(os.environ.get("EVERY_PAGE"))  # look in a browser also at what is made of pieces that were looked at: EVERY_PAGE=1 make test
TAG = re.compile(r"<(\w+)([^>]*)>")
OF_A_NAME = re.compile(r"\b(col|fact|field|kind|chart)-\w+|(?<=\bverb )is-\w+|(?<=\bverb-now )is-\w+")  # what it looks like is told by the other classes
READ = re.compile(r"aria-|(alt|autocomplete|checked|class|colspan|controls|disabled|for|href|id|lang|multiple|open|placeholder|readonly|role|rows|scope|selected"
                  r"|tabindex|title|type)$")  # the attributes that a rule may read
NAMES = ("Rina Wulandari", "Joko Susilo", "Dedi Kurnia", "Sari Melati", "Hendra Wijaya", "Maya Anggraini", "Tono Saputra", "Wati Lestari")


@pytest.fixture(scope="session")
def gallery(make_app: Callable[..., Flask]) -> Flask:
    """An application whose company has a row in every state; who looks at it changes nothing."""
    app = make_app()
    world.build(app)
    with app.app_context():
        for table, verbs in TALE:
            row, at = _born(table), now() - timedelta(hours=3)
            db.session.flush()
            for name in verbs:
                at += timedelta(minutes=20)
                move(row, name, one(User, email=email("support")), at, **_facts(row.__lifecycle__.by_name[name]))
            db.session.flush()
            if "confirm" in verbs:
                rate(row, 4, "Cepat sekali")
        _corners()
        db.session.commit()
    return app


def _born(table: str) -> Any:
    """Add a new row of the table, as its rules begin it."""
    customer = one(Customer, number="PLG-000001")
    if table == "complaint":
        row = Complaint(customer=customer, category=one(ComplaintCategory, code="BILL"), subject="Kabel tergantung", description="Di jalan depan.",
                        subscription=customer.subscriptions[0])
        return enter(db.session, row, now() - timedelta(hours=4))
    if table == "pdp_request":
        return pdp_request.file(db.session, PdpRequest(customer=customer, kind=PdpKind.ACCESS, wish="Semuanya"), now() - timedelta(hours=4), None)
    model = {"installation": Installation, "bandwidth_grant": BandwidthGrant, "promo_request": PromoRequest}[table]
    first = db.session.scalars(select(model).order_by(model.id)).first()
    skipped = {"id", "version", "status", "number"} | {key for key in inspect(model).columns.keys() if key.endswith("_at")}
    row = model(**{name: getattr(first, name) for name in inspect(model).columns.keys() if name not in skipped and not name.startswith("_")})
    row.number = f"PSB-202601-{db.session.query(model).count():06d}" if table == "installation" else None
    db.session.add(row)
    return row


def _facts(verb: Any) -> dict[str, Any]:
    """Return what a verb asks for."""
    known = {"technician": one(User, email=email("technician")), "visit_at": now() + timedelta(days=3)}
    return {name: known.get(name, "Kabel diganti") for name in verb.needs}


def _corners() -> None:
    """What the lists and pages show differently: a late complaint, one with many words, a letter that failed, lines that stand still."""
    for user, name in zip(db.session.scalars(select(User).order_by(User.id)), NAMES, strict=True):
        user.name = name  # those of the little company are words that pages use
    late = one(Complaint, subject="Lampu LOS merah")
    support, area = one(User, email=email("support")), one(CoverageArea, name="Kapuk Muara")
    late.outage = outage.declare(db.session(), Outage(branch=area.branch, area=area, message="Kabel utama putus, teknisi di lokasi.", started_at=now() - timedelta(hours=1),
                                                      expected_at=now() + timedelta(hours=3)), now(), support)
    late.resolution_due_at = late.clock_due_at = late.response_due_at = now() - timedelta(hours=1)
    answer(late, "Masih menyala merah.", one(User, email=email("customer")), now() - timedelta(hours=2))
    letter = db.session.scalars(select(Letter).order_by(Letter.id)).first()
    letter.state, letter.tries, letter.last_error = LetterState.FAILED, 8, "550 5.1.1 mailbox unavailable"
    lines = list(db.session.scalars(select(Subscription).order_by(Subscription.id.desc())))
    move(lines[0], "suspend", one(User, email=email("support")), now(), reason="Belum membayar")


def addresses(app: Flask, person: RoleName | None) -> Iterator[str]:
    """Yield the address of each page that may answer the person, GET only; the caller sees which of them do."""
    yield "/nowhere"
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        group, _dot, name = rule.endpoint.rpartition(".")
        if "GET" not in (rule.methods or ()) or name in NO_PAGES or rule.endpoint == "static":
            continue
        role, _underscore, table = group.partition("_")
        if rule.rule.startswith("/admin/"):
            if person in STAFF and person.value in (role, table):
                yield from _of_screen(app, person, table, name, rule)
        else:
            yield from _of_portal(app, person, rule)


def _of_screen(app: Flask, role: RoleName, table: str, name: str, rule: Any) -> Iterator[str]:
    model = next((model for model in SCREEN_OF if model.__tablename__ == table), None)
    if table == "recaps":
        yield from [rule.rule.replace("<kind>", recap.kind) for recap in recaps.of(role)] if "<kind>" in rule.rule else [rule.rule]
    elif model is None or not rule.arguments and name not in ("details_view", "edit_view", "index_view"):
        yield rule.rule
    elif name == "index_view":
        yield f"{rule.rule}?view=all"
        if model is Complaint or role is RoleName.ADMINISTRATOR and model is User:
            yield from (f"{rule.rule}?view=all&search=000000", f"{rule.rule}?view=all&flt0_status=unsolved&page_size=50")
    elif name in ("details_view", "edit_view"):
        found = samples(app, role, model)
        yield from [f"{rule.rule}?id={row}" for row in (found if name == "details_view" else few(found))]


def samples(app: Flask, role: RoleName, model: Any) -> list[int]:
    """Return the ids of one row in each status, of those that the role sees."""
    ids = cell_of(app, role, model).inside
    if model not in LIFECYCLES:
        return ids[:1]
    with app.app_context():
        pairs = db.session.execute(select(model.status, model.id).where(model.id.in_(ids)).order_by(model.id.desc()))
        return list({status: row for status, row in pairs}.values())


def _of_portal(app: Flask, person: RoleName | None, rule: Any) -> Iterator[str]:
    with app.app_context():
        own = select(Complaint.number).where(Complaint.id.in_(samples(app, RoleName.MANAGER, Complaint))) if person is RoleName.CUSTOMER else None
        numbers = list(db.session.scalars(own)) if own is not None else []
        numbers += list(db.session.scalars(select(Outage.number))) if "outages" in rule.rule else []
    values = {"number": numbers, "code": ["HEMAT"], "token": ["x"]}
    if not rule.arguments:
        yield rule.rule
        if rule.endpoint == "portal.complaints":
            yield f"{rule.rule}?{urlencode({'show': 'solved'})}"
    for argument in rule.arguments & set(values):
        yield from [rule.rule.replace(f"<{argument}>", value) for value in values[argument]]


def visitor(app: Flask, person: RoleName | None) -> Browser:
    """Return a test client of the person."""
    client = app.test_client()
    return client.become(person.value) if person else client


def pages(app: Flask, person: RoleName | None, client: Browser, screens: set[str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (address, HTML) of each page that answers the person, of tables those of `screens` alone; a page that breaks fails here."""
    tables = {model.__tablename__ for model in SCREEN_OF}
    for address in addresses(app, person):
        screen = re.match(r"/admin/(\w+)/(\w+)/", address)
        if screens is not None and screen and screen[2] in tables and f"{screen[1]}_{screen[2]}" not in screens:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, f"{address}: {answer.status_code}"
        if answer.mimetype == "text/html" and (answer.status_code == 200 or address == "/nowhere"):
            yield address, answer.text


def pieces(html: str) -> set[Any]:
    """Return the pieces that a page is made of: each tag with its classes, its type and the names of the attributes that count."""
    found = set()
    for tag, attributes in TAG.findall(html.partition("<body")[2]):
        named = {name: re.search(rf'\s{name}="([^"]*)"', attributes) for name in ("class", "type", "role")}
        bare = frozenset(filter(READ.match, re.findall(r"\s([\w-]+)(?=[=\s]|$)", re.sub(r'"[^"]*"', '""', attributes))))
        found.add((tag, *(match and OF_A_NAME.sub(r"\1", match[1]) for match in named.values()), bare))
    return found


def to_read(found: dict[str, str], seen: set[Any]) -> Iterator[str]:
    """Yield those of the pages {address: HTML} that have together every piece that was not seen, the one with most of them first."""
    left = {url: pieces(html) for url, html in found.items()}
    while left:
        url = max(left, key=lambda url: len(left[url] - seen))
        new = left.pop(url) - seen
        if not new and not EVERY_PAGE:
            return
        seen |= new
        yield url


__all__ = ["PEOPLE", "addresses", "gallery", "pages", "policy", "samples", "to_read", "visitor"]

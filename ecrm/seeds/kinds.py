"""The operator's files: which columns each has, what they mean, and what must hold between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Branch, ComplaintCategory, CoverageArea, Plan, Promo, RiskWeight, ServiceStandard, WorkingHours
from ecrm.models.branch import Coverage, TimeZone
from ecrm.models.business_time import Weekday
from ecrm.models.category import CategoryKind, Clock
from ecrm.models.plan import Audience
from ecrm.models.recap import Measure, Unit
from ecrm.models.risk import RiskSign
from ecrm.seeds import cells

Values = dict[str, Any]
Faults = Iterable[tuple[str, str]]  # column and reason


@dataclass(frozen=True)
class Column:
    """One column of a file; an empty cell gives `empty`, or is refused where `needed`; a file from before may lack a `later` one."""

    name: str
    parse: cells.Parse
    needed: bool = True
    empty: Any = None
    later: bool = False


@dataclass(frozen=True)
class Kind:
    """One file: its table, the columns that tell its rows apart, all columns, and a check of a whole row."""

    file: str
    model: Any
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    check: Callable[[Values], Faults] = lambda values: ()


def _text(model: Any, name: str) -> Column:
    column = model.__table__.c[name]
    return Column(name, cells.text(getattr(column.type, "length", None)), needed=not column.nullable)


def _by_code(session: Session, model: Any) -> cells.Parse:
    return cells.choice({row.code: row for row in session.scalars(select(model).order_by(model.code))})


def branches(_session: Session) -> Kind:
    """Return what branches.csv holds."""
    return Kind("branches.csv", Branch, ("code",), (
        _text(Branch, "code"), _text(Branch, "name"), _text(Branch, "city"), _text(Branch, "address"),
        Column("phone", cells.phone), Column("time_zone", cells.choice({zone.name: zone for zone in TimeZone})),
        Column("active", cells.yes_no),
    ))


def areas(session: Session) -> Kind:
    """Return what areas.csv holds."""
    return Kind("areas.csv", CoverageArea, ("branch", "name"), (
        Column("branch", _by_code(session, Branch)), _text(CoverageArea, "name"), _text(CoverageArea, "postcode"),
        Column("coverage", cells.word(Coverage)),
    ), _check_area)


def _check_area(values: Values) -> Faults:
    postcode = values["postcode"]
    if postcode and not (postcode.isascii() and postcode.isdigit() and len(postcode) == 5):
        yield "postcode", _("A postcode has five digits.")


def hours(session: Session) -> Kind:
    """Return what hours.csv holds; a day may have several stretches of work."""
    return Kind("hours.csv", WorkingHours, ("branch", "weekday", "opens"), (
        Column("branch", _by_code(session, Branch)), Column("weekday", cells.word(Weekday)), Column("opens", cells.hour),
        Column("closes", cells.hour),
    ), _check_hours)


def _check_hours(values: Values) -> Faults:
    if values["closes"] <= values["opens"]:
        yield "closes", _("Closing must be after opening.")


def standards(_session: Session) -> Kind:
    """Return what standards.csv holds."""
    return Kind("standards.csv", ServiceStandard, ("measure",), (
        Column("measure", cells.word(Measure)), _text(ServiceStandard, "name"), _text(ServiceStandard, "name_en"),
        Column("within", cells.whole(1), needed=False), Column("unit", cells.word(Unit)), Column("goal_percent", cells.whole(0)),
        _text(ServiceStandard, "source"), Column("active", cells.yes_no),
    ))


def risk(_session: Session) -> Kind:
    """Return what risk.csv holds."""
    return Kind("risk.csv", RiskWeight, ("sign",), (
        Column("sign", cells.word(RiskSign)), Column("points", cells.whole(-100)), Column("most", cells.whole(1)),
        Column("active", cells.yes_no),
    ))


def plans(_session: Session) -> Kind:
    """Return what plans.csv holds."""
    return Kind("plans.csv", Plan, ("code",), (
        _text(Plan, "code"), _text(Plan, "name"), Column("down_mbps", cells.whole(1)), Column("up_mbps", cells.whole(1)),
        Column("monthly_price", cells.whole(0)), Column("on_sale", cells.yes_no),
    ))


def categories(_session: Session) -> Kind:
    """Return what categories.csv holds."""
    return Kind("categories.csv", ComplaintCategory, ("code",), (
        _text(ComplaintCategory, "code"), _text(ComplaintCategory, "name"), _text(ComplaintCategory, "name_en"),
        Column("priority", cells.priority), Column("response_hours", cells.whole(1)),
        Column("resolution_hours", cells.whole(1)), Column("clock", cells.word(Clock), later=True),
        Column("kind", cells.word(CategoryKind), later=True), Column("active", cells.yes_no),
    ), _check_category)


def _check_category(values: Values) -> Faults:
    if values["resolution_hours"] < values["response_hours"]:
        yield "resolution_hours", _("The resolution cannot be due before the response.")


def promos(session: Session) -> Kind:
    """Return what promos.csv holds."""
    return Kind("promos.csv", Promo, ("code",), (
        _text(Promo, "code"), _text(Promo, "title"), _text(Promo, "text"), Column("valid_from", cells.day),
        Column("valid_until", cells.day), Column("audience", cells.word(Audience)),
        Column("plans", cells.several(_by_code(session, Plan)), needed=False, empty=()), Column("published", cells.yes_no),
    ), _check_promo)


def _check_promo(values: Values) -> Faults:
    if values["valid_until"] <= values["valid_from"]:
        yield "valid_until", _("The last day must be after the first.")


KINDS: tuple[Callable[[Session], Kind], ...] = (branches, areas, hours, plans, categories, promos, standards, risk)  # what is referred to first

"""Wishes for a connection that wait for our network: kept once, told once."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import CoverageArea, Demand, Installation, Letter
from ecrm.models.branch import Coverage
from ecrm.rules.errors import FieldRefused


def check(row: Demand) -> None:
    """Raise FieldRefused where nobody could tell where somebody wants to be connected."""
    if row.area is None and not row.place:
        raise FieldRefused("place", _l("Enter an area, or the place in words."))


def ask(session: Session, row: Demand, at: datetime) -> Demand:
    """Keep a wish; the same one that waits already is kept once. Raises FieldRefused."""
    check(row)
    same = Demand.area_id == row.area.id if row.area else and_(Demand.area_id.is_(None), Demand.place == row.place)
    with session.no_autoflush:
        there = session.scalars(select(Demand).where(same, Demand.email == row.email, waiting()).limit(1)).first()
    if there is not None:
        session.expunge(row) if row in session else None
        return there
    row.asked_at = at
    session.add(row)
    return row


def of_application(row: Installation, at: datetime) -> Demand:
    """Return the wish that stays of an application whose address our network does not reach."""
    return Demand(
        name=row.applicant_name, phone=row.applicant_phone, email=row.applicant_email, area_id=row.area_id, place=row.address, language=row.language,
        agreed_wording=row.agreed_wording, asked_at=at,
    )


def waiting() -> ColumnElement[bool]:
    """Return the condition on the wishes that nobody was told of."""
    return Demand.told_at.is_(None)


def untold() -> Select[tuple[Demand]]:
    """Return the SELECT of the wishes whose area is covered by now and whose people were not told.

    Where a survey found that a covered area does not reach an address, the area must have been covered anew since.
    """
    anew = or_(Demand.installation_id.is_(None), CoverageArea.covered_since > Demand.asked_at)
    covered = and_(CoverageArea.coverage == Coverage.COVERED, anew)
    return select(Demand).join(Demand.area).where(waiting(), Demand.email.is_not(None), covered).with_for_update(of=Demand)


def tell(session: Session, row: Demand, at: datetime) -> None:
    """Write to one person that they can be connected now; told once."""
    row.told_at = at
    data = {"table": "demand", "id": row.id, "area": str(row.area), "area_id": row.area_id, "zone": row.area.branch.time_zone.value}
    session.add(Letter(template="demand_covered_applicant", data=data, queued_at=at, next_try_at=at, to_email=row.email, to_name=row.name,
                       language=row.language))

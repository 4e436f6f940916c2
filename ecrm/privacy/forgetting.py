"""Applications, wishes and messages that came to nothing are not kept for ever: their words go as those of an erased person do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from ecrm.models import Demand, IncomingMessage, Installation, Letter, Step
from ecrm.models.incoming import IncomingStatus
from ecrm.models.installation import InstallationStatus as S
from ecrm.privacy import erasing
from ecrm.trail import MASK

KEPT = timedelta(days=365)  # after an application ended, or somebody was told; the portal promises it beside the tick
WAITED = 3 * KEPT  # for a network that did not come
IGNORED_KEPT = timedelta(days=90)  # of messages: time enough to notice that one was not for nothing


def due(at: datetime) -> Iterator[tuple[type, Select[Any]]]:
    """Yield the tables with the SELECT of their rows that have to be forgotten; who became a customer is not among them."""
    over = Installation.status.in_((S.CANCELLED, S.NOT_COVERED)), Installation.registered_at < at - KEPT
    yield Installation, select(Installation).where(*over, Installation.customer_id.is_(None), Installation.applicant_name != MASK)
    old = or_(Demand.told_at < at - KEPT, and_(Demand.told_at.is_(None), Demand.asked_at < at - WAITED))
    yield Demand, select(Demand).where(old, Demand.name != MASK)
    ignored = IncomingMessage.status == IncomingStatus.IGNORED, IncomingMessage.received_at < at - IGNORED_KEPT
    yield IncomingMessage, select(IncomingMessage).where(*ignored)


def forget(session: Session, row: Installation | Demand | IncomingMessage) -> None:
    """Take the words out of a row, its trail and its letters; flushed. Messages are nothing but words; their files go with those that no row names."""
    name = row.__tablename__
    erasing.empty_trail(session, list(session.scalars(select(Step.id).where(Step.table == name, Step.row_id == row.id))))
    if isinstance(row, IncomingMessage):
        erasing.drop(session, IncomingMessage, [row.id])
        return
    email = row.applicant_email if isinstance(row, Installation) else row.email
    erasing.empty(session, type(row), [row.id])
    if email:
        about = select(Letter.id).where(Letter.to_email == email, Letter.customer_id.is_(None), Letter.template.startswith(f"{name}_", autoescape=True))
        erasing.drop(session, Letter, list(session.scalars(about)))

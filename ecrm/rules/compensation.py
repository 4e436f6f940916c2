"""Bandwidth as compensation for a complaint that took too long: given once, in one step, and approved by who gives it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, Complaint, User
from ecrm.models.bandwidth import GrantReason, GrantStatus as S
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import bandwidth, sla
from ecrm.rules.errors import Refused
from ecrm.rules.lifecycle import move


class AlreadyCompensated(Refused):
    """The complaint has a compensation."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(_l("There is a compensation for this complaint already."))


def deserved(row: Complaint, at: datetime) -> bool:
    """Return whether a complaint about a line that has not ended is past its target, or was resolved past it."""
    if row.subscription is None or row.subscription.status is SubscriptionStatus.ENDED or row.status is ComplaintStatus.CANCELLED:
        return False
    return row.resolved_at > row.resolution_due_at if row.resolved_at else sla.late(row, at)


def given(session: Session, row: Complaint) -> BandwidthGrant | None:
    """Return the compensation of a complaint, drafts too; one that was revoked is none."""
    return session.scalars(select(BandwidthGrant).where(
        BandwidthGrant.complaint_id == row.id, BandwidthGrant.reason == GrantReason.COMPENSATION, BandwidthGrant.status != S.REVOKED).limit(1)).first()


def give(session: Session, row: Complaint, mbps: int, days: int, by: User, at: datetime) -> BandwidthGrant:
    """Add and approve a compensation of so many Mbps and days, after what the line has already; flushed. Raises Refused."""
    if given(session, row) is not None:
        raise AlreadyCompensated
    first = row.subscription.customer.branch.local(at).date()
    last = session.scalar(select(func.max(BandwidthGrant.valid_until)).where(
        BandwidthGrant.subscription_id == row.subscription_id, BandwidthGrant.status == S.ACTIVE, BandwidthGrant.valid_until >= first))
    first = last + timedelta(days=1) if last else first
    grant = bandwidth.draft(session, row.subscription, mbps, days, GrantReason.COMPENSATION, first, complaint=row)
    session.flush()
    move(grant, "approve", by, at)
    return grant

"""Complaints that are about the same: which of a customer's others it may be, and what a merge must hold to."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint
from ecrm.models.complaint import UNSOLVED, ComplaintStatus as S
from ecrm.rules.errors import FieldRefused
from ecrm.rules.knowledge import words_of

RECENT = timedelta(days=7)
MOST = 20  # newest complaints that are looked at
ALIKE = 2  # words in common that make two complaints alike


def open_or_recent(customer_id: int, at: datetime) -> Select[tuple[Complaint]]:
    """Return the SELECT of a customer's complaints that are unsolved or of the last days, the newest first."""
    recent = or_(Complaint.status.in_(UNSOLVED), Complaint.opened_at >= at - RECENT)
    kept = (Complaint.customer_id == customer_id, Complaint.status != S.CANCELLED, Complaint.merged_into_id.is_(None))
    return select(Complaint).where(*kept, recent).order_by(Complaint.id.desc()).limit(MOST)


def likely(session: Session, row: Complaint, at: datetime) -> list[Complaint]:
    """Return the open or recent complaints of the same customer about the same: of its category, or with several words in common."""
    words = words_of(f"{row.subject} {row.description}")

    def alike(other: Complaint) -> bool:
        return other.category_id == row.category_id or len(words & words_of(f"{other.subject} {other.description}")) >= ALIKE

    return [other for other in session.scalars(open_or_recent(row.customer_id, at)) if other.id != row.id and alike(other)]


def mergeable(row_id: int) -> Select[tuple[Complaint]]:
    """Return the SELECT of the complaints that one may be merged into: its customer's earlier ones that are unsolved.

    The earlier one is kept: its targets began first, and a backup that brings rows back in the order of their ids finds it there.
    """
    customer = select(Complaint.customer_id).where(Complaint.id == row_id).scalar_subquery()
    return select(Complaint).where(
        Complaint.customer_id == customer, Complaint.id < row_id, Complaint.status.in_(UNSOLVED)).order_by(Complaint.id.desc()).limit(MOST)


def check_merge(row: Any) -> None:
    """Raise FieldRefused where a complaint cannot be merged into the one that was chosen, which stays locked until the commit."""
    kept = row.merged_into
    object_session(row).refresh(kept, with_for_update=True)
    if kept.id >= row.id or kept.customer_id != row.customer_id or not kept.unsolved:
        raise FieldRefused("merged_into", _l("Choose an earlier unsolved complaint of this customer."))

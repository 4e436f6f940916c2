"""What customers agreed to, and whom we may write to about promos."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ecrm.models import Consent, Customer
from ecrm.models.consent import Purpose

WORDING = "2026-11"  # of the sentence at the tick; another sentence gets another one, so that it is known who agreed to what
APPLYING = WAITING = "2026-11"  # of the sentences at the ticks of an application, and of a wish to be told of coverage


def given(session: Session, customer: Customer, purpose: Purpose = Purpose.MARKETING) -> bool:
    """Return whether the customer's consent to a purpose stands."""
    newest = select(Consent.given).where(Consent.customer_id == customer.id, Consent.purpose == purpose).order_by(Consent.id.desc())
    return bool(session.scalar(newest.limit(1)))


def say(session: Session, customer: Customer, agreed: bool, at: datetime, purpose: Purpose = Purpose.MARKETING) -> Consent | None:
    """Write down that a customer agrees, or no more; None where that was said before. Unflushed."""
    if given(session, customer, purpose) is agreed:
        return None
    row = Consent(customer=customer, purpose=purpose, given=agreed, wording=WORDING, at=at)
    session.add(row)
    return row


def may_be_told_of_promos() -> ColumnElement[bool]:
    """Return the condition on the customers who may get letters about promos: whose newest consent stands, and whose data are not restricted."""
    newest = select(func.max(Consent.id)).where(Consent.customer_id == Customer.id, Consent.purpose == Purpose.MARKETING).correlate(Customer)
    agreed = select(Consent.id).where(Consent.id == newest.scalar_subquery(), Consent.given.is_(True)).correlate(Customer).exists()
    return and_(agreed, Customer.restricted_at.is_(None), Customer.erased_at.is_(None))

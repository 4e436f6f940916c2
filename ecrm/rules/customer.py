"""The life of a customer and of a subscription."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Customer, Subscription
from ecrm.models.counter import next_number
from ecrm.models.customer import CustomerStatus as C, SubscriptionStatus as S
from ecrm.rules.lifecycle import Lifecycle, Verb


def admit(session: Session, customer: Customer) -> Customer:
    """Give a new customer a number that nobody has, also not from an imported list; unflushed."""
    with session.no_autoflush:
        customer.number = customer.number or _free_number(session)
        customer.status = customer.status or C.PROSPECT
        session.add(customer)
    return customer


def _free_number(session: Session) -> str:
    while True:
        number = f"PLG-{next_number(session, 'PLG'):06d}"
        if session.scalar(select(Customer.id).where(Customer.number == number)) is None:
            return number


def _end(row: Subscription, at: datetime) -> None:
    row.valid_until = max(row.customer.branch.local(at).date(), row.valid_from + timedelta(days=1))


CUSTOMER = Lifecycle((
    Verb("activate", _l("Activate"), frozenset({C.PROSPECT, C.ENDED}), C.ACTIVE),
    Verb("suspend", _l("Suspend"), frozenset({C.ACTIVE}), C.SUSPENDED, needs=("reason",)),
    Verb("resume", _l("Resume"), frozenset({C.SUSPENDED}), C.ACTIVE),
    Verb("end", _l("End"), frozenset({C.PROSPECT, C.ACTIVE, C.SUSPENDED}), C.ENDED, needs=("reason",)),
))
SUBSCRIPTION = Lifecycle((
    Verb("suspend", _l("Suspend"), frozenset({S.ACTIVE}), S.SUSPENDED, needs=("reason",)),
    Verb("resume", _l("Resume"), frozenset({S.SUSPENDED}), S.ACTIVE),
    Verb("end", _l("End"), frozenset({S.ACTIVE, S.SUSPENDED}), S.ENDED, needs=("reason",), effect=_end),
), fixed=frozenset({S.ENDED}))

"""What becomes of a customer's wish for a promo."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Customer, Promo, PromoRequest
from ecrm.models.promo_request import PromoRequestStatus as S
from ecrm.rules import promo as promos, told
from ecrm.rules.errors import Refused
from ecrm.rules.lifecycle import Lifecycle, Verb


class NotOffered(Refused):
    """The promo is not, or no more, for this customer."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(_l("This promo is not available for you any more."))


def ask(session: Session, customer: Customer, promo: Promo, at: datetime, remark: str | None = None) -> PromoRequest:
    """Return the customer's open request for a promo, a new one where there is none, of which support is told. Raises NotOffered."""
    today = customer.branch.local(at).date()
    if session.scalar(select(Promo.id).where(Promo.id == promo.id, Promo.published.is_(True), promos.offered(customer, today))) is None:
        raise NotOffered
    there = session.scalars(opened(customer).where(PromoRequest.promo_id == promo.id)).first()
    if there is not None:
        return there
    row = PromoRequest(promo=promo, customer=customer, remark=(remark or "").strip()[:500] or None, status=S.REQUESTED, requested_at=at)
    session.add(row)
    session.flush()
    session.add_all(told.letters(row, _ASK, "support", customer.user, at, None))
    return row


_ASK = Verb("ask", _l("Ask"), frozenset(), None)


def opened(customer: Customer):
    """Return the SELECT of a customer's requests that nobody has answered."""
    return select(PromoRequest).where(PromoRequest.customer_id == customer.id, PromoRequest.status == S.REQUESTED)


def _answer(row: PromoRequest, at: datetime) -> None:
    row.answered_at = at


LIFECYCLE = Lifecycle((
    Verb("accept", _l("Accept"), frozenset({S.REQUESTED}), S.ACCEPTED, takes=("reason",), tells=("customer",), effect=_answer),
    Verb("decline", _l("Decline"), frozenset({S.REQUESTED}), S.DECLINED, needs=("reason",), tells=("customer",), effect=_answer),
    Verb("withdraw", _l("Withdraw"), frozenset({S.REQUESTED}), S.WITHDRAWN, effect=_answer),
), fixed=frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN}))

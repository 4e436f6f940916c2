"""Why a promo is for the reader, or is not: one short line, and that they saw it."""

from typing import NamedTuple

from ecrm import formats, policy
from ecrm.extensions import aside
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Promo, PromoSeen
from ecrm.models.base import now
from ecrm.models.promo_seen import note
from ecrm.policy import Right
from ecrm.portal import people
from ecrm.rules.promo import Reason, Why, reasons, suiting

WORDS = {
    Why.EVERYBODY: _l("It is for everybody."),
    Why.NEWCOMER: _l("It is for new customers."),
    Why.SINCE: _l("You have been a customer since %(fact)s."),
    Why.PLAN: _l("It is for your plan %(fact)s."),
    Why.UNTIL: _l("Runs until %(fact)s."),
    Why.NOT_PUBLISHED: _l("It is not published."),
    Why.NOT_YET: _l("It begins on %(fact)s."),
    Why.OVER: _l("It ended on %(fact)s."),
    Why.RESTRICTED: _l("The use of your data is restricted."),
    Why.ONLY_NEW: _l("It is for new customers only."),
    Why.ONLY_EXISTING: _l("It is for existing customers only."),
    Why.OTHER_PLANS: _l("It is only for: %(fact)s."),
}
DAYS = {Why.SINCE, Why.UNTIL, Why.NOT_YET, Why.OVER}


class Line(NamedTuple):
    """Whether a promo is for the reader, and why."""

    fits: bool
    text: str


def why_me(promo: Promo) -> Line | None:
    """Return why a promo is for the reader or is not; None for who is no customer. Its days stand beside it already."""
    customer = people.own_customer()
    if customer is None:
        return None
    found = reasons(promo, customer, suiting(promo, customer), now())
    told = found.against or [reason for reason in found.speaks if reason.why is not Why.UNTIL]
    return Line(not found.against, " ".join(_said(reason) for reason in told))


def _said(reason: Reason) -> str:
    return str(WORDS[reason.why]) % {"fact": formats.day(reason.fact) if reason.why in DAYS else reason.fact}


def note_seen(promos: list[Promo]) -> None:
    """Note promos that the reader has never opened before; not of visitors, nor of who had the use of their data restricted.

    Called when the page is made: reading changes nothing for the customer, and a page never fails over it.
    """
    customer = people.own_customer()
    if customer is None or customer.restricted_at is not None or not promos or not policy.may(people.ROLE, PromoSeen, Right.CREATE):
        return
    ids = [promo.id for promo in promos]
    known = {row.promo_id for row in people.rows(people.see(PromoSeen).where(PromoSeen.promo_id.in_(ids)))}
    fresh, number = [one for one in ids if one not in known], customer.id
    if not fresh:
        return
    aside(lambda connection: note(connection, number, fresh, now()), "a look at promos was not noted")  # the next visit notes it

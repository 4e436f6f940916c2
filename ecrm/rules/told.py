"""Who is told of a move, and the letters that say it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from ecrm.models import Customer, Letter, Role, User, Visit
from ecrm.models.account import Language, RoleName
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.customer import ContactChannel
from ecrm.models.installation import InstallationStatus
from ecrm.rules.facts import facts

Person = tuple[str, str, Language, int | None]  # e-mail, name, language, customer id


def letters(row: Any, verb: Any, audience: str, by: User | None, at: datetime, reason: str | None) -> list[Letter]:
    """Return the letters to `audience` ("customer", "technician" or a role) about `verb` on `row`, the doer left out.

    The template is named table_verb_audience; the data are plain words and numbers, as the worker may send it later.
    """
    data = {
        "table": row.__tablename__, "id": row.id, "number": getattr(row, "number", None), "title": str(row),
        "status": row.status.value, "reason": reason, "by": by.name if by else None, "at": at.isoformat(),
    } | facts(row)
    by_channel = _customer_of(row) if audience == "customer" else None
    return [
        Letter(
            template=f"{row.__tablename__}_{verb.name}_{audience}", data=data, queued_at=at, next_try_at=at,
            to_email=email, to_name=name, language=language, customer_id=customer_id, channel=channel_of(by_channel),
        )
        for email, name, language, customer_id in _people(row, audience)
        if by is None or email != by.email
    ]


def channel_of(customer: Customer | None) -> ContactChannel:
    """Return how a letter to a customer goes; to everybody else by mail."""
    return (customer.preferred_channel if customer else None) or ContactChannel.EMAIL


def to_customer(customer: Customer, template: str, at: datetime, **data: Any) -> list[Letter]:
    """Return the letter to a customer, or none where we have no e-mail address."""
    return [
        Letter(template=template, data=data, queued_at=at, next_try_at=at, to_email=email, to_name=name, language=language,
               customer_id=customer_id, channel=channel_of(customer))
        for email, name, language, customer_id in _customer(customer)
    ]


def _people(row: Any, audience: str) -> list[Person]:
    if isinstance(row, Visit) and audience == "customer":
        return _waiting(row)
    if audience == "customer":
        return _customer(_customer_of(row))
    if audience == "technician":
        return _users([row.technician] if row.technician else [])
    if audience == "applicant":
        return [(row.applicant_email, row.applicant_name, row.language, row.customer_id)] if row.applicant_email else []
    return _users(staff(object_session(row), RoleName(audience)))


def _waiting(visit: Visit) -> list[Person]:
    """Return who waits for the technician: the customer or the applicant; nobody where the whole matter was given up, which has a letter of its own."""
    thing = visit.complaint or visit.installation
    if thing.status in (ComplaintStatus.CANCELLED, InstallationStatus.CANCELLED):
        return []
    return _people(thing, "customer" if visit.complaint else "applicant")


def _customer_of(row: Any) -> Customer | None:
    if isinstance(row, Customer):
        return row
    if isinstance(row, Visit):
        row = row.complaint or row.installation
    subscription = getattr(row, "subscription", None)
    return getattr(row, "customer", None) or (subscription.customer if subscription else None)


def _customer(customer: Customer | None) -> list[Person]:
    if customer is None:
        return []
    email = customer.user.email if customer.user else customer.email
    language = customer.user.language if customer.user else Language.INDONESIAN
    reached = email or (channel_of(customer) is not ContactChannel.EMAIL and customer.phone)
    return [(email or "", customer.name, language, customer.id)] if reached else []


def _users(users: list[User]) -> list[Person]:
    return [(user.email, user.name, user.language, None) for user in users if user.active]


def staff(session: Any, role: RoleName) -> list[User]:
    """Return the active accounts with a role."""
    query = select(User).join(User.roles).where(Role.name == role.value, User.active.is_(True)).order_by(User.id)
    return list(session.scalars(query))

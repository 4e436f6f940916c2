"""Activation: an installed application becomes a customer with a subscription and an account, all of it or nothing."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Consent, Customer, Installation, Role, Subscription, User
from ecrm.models.account import STAFF, RoleName
from ecrm.models.consent import Purpose
from ecrm.models.customer import CustomerStatus as C
from ecrm.models.installation import InstallationStatus as S
from ecrm.rules.account import open_account
from ecrm.rules.customer import admit
from ecrm.rules.errors import NotNow, Refused
from ecrm.rules.lifecycle import move


class KnownCustomer(Refused):
    """A customer has the applicant's e-mail address, and nobody has said that it is the same person."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("The customer %(customer)s has this e-mail address. If it is the same person, link the application to the customer first; else correct the e-mail address.",
                 customer=self.args[0])


class AddressOfStaff(Refused):
    """The e-mail address belongs to an account of somebody who works here."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("This e-mail address belongs to an account of our staff. Enter the applicant's own.")


class Erased(Refused):
    """The linked customer asked to be erased."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("The personal data of the linked customer were erased. Enter a new application.")


def activate(session: Session, row: Installation, by: User | None, at: datetime) -> User | None:
    """Activate an installed application; flushed. Return the account that has to be invited, None where none was made.

    The linked customer stays; else a new one is made. Raises NotNow, KnownCustomer, AddressOfStaff and Erased.
    """
    if row.status is not S.INSTALLED:
        raise NotNow(row.__lifecycle__.by_name["activate"], row.status)
    if row.customer is None and (known := namesake(session, row)) is not None:
        raise KnownCustomer(known)
    if row.customer is not None and row.customer.erased_at is not None:
        raise Erased
    today = row.area.branch.local(at).date()
    row.customer = customer = row.customer or admit(session, Customer(
        name=row.applicant_name, phone=row.applicant_phone, email=row.applicant_email, address=row.address, branch=row.area.branch, area=row.area, since=today,
    ))
    user = _account(session, row, customer, at)
    if customer.status in (C.PROSPECT, C.ENDED):
        move(customer, "activate", by, at)
    session.add(Subscription(customer=customer, plan=row.plan, address=row.address, valid_from=today))
    if row.agreed_wording:
        session.add(Consent(customer=customer, purpose=Purpose.PROCESSING, given=True, wording=row.agreed_wording, at=row.registered_at))
    session.flush()
    move(row, "activate", by, at)
    session.flush()
    return user


def namesake(session: Session, row: Installation) -> Customer | None:
    """Return the first customer who has the applicant's e-mail address, on file or on the account."""
    if not row.applicant_email:
        return None
    address = row.applicant_email.lower()
    accounts = select(User.id).where(User.email == address).scalar_subquery()
    same = or_(Customer.email == address, Customer.user_id.in_(accounts))
    with session.no_autoflush:
        return session.scalars(select(Customer).where(same, Customer.erased_at.is_(None)).order_by(Customer.id).limit(1)).first()


def linkable(session: Session, row: Installation) -> bool:
    """Return whether an installed application can be linked to a customer with the same e-mail address."""
    return row.status is S.INSTALLED and row.customer_id is None and namesake(session, row) is not None


def _account(session: Session, row: Installation, customer: Customer, at: datetime) -> User | None:
    """Give a customer without an account one, and return it; none where there is no e-mail address.

    Whoever registered the address before without verifying it loses the password: it may have been somebody else.
    """
    address = (row.applicant_email or customer.email or "").lower()
    if customer.user is not None or not address:
        return None
    with session.no_autoflush:
        user = session.scalars(select(User).where(User.email == address)).one_or_none()
        role = session.scalars(select(Role).where(Role.name == RoleName.CUSTOMER.value)).one()
    if user is not None and any(name in STAFF for name in user.role_names):
        raise AddressOfStaff
    user = user or User(email=address, name=customer.name, phone=customer.phone, language=row.language, active=True)
    open_account(user, at)
    user.roles, customer.user, customer.email = [role], user, customer.email or address
    session.add(user)
    return user

"""Accounts and their roles, for Flask-Security."""

from datetime import datetime
from typing import Any

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import MYSQL, db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import Branch


class RoleName(Labelled):
    """Who may be who; one row of the role table for each."""

    CUSTOMER = "customer", _l("Customer")
    SUPPORT = "support", _l("Customer support")
    TECHNICIAN = "technician", _l("Technician")
    SALES = "sales", _l("Sales")
    MANAGER = "manager", _l("Manager")
    ADMINISTRATOR = "administrator", _l("Administrator")


STAFF = tuple(role for role in RoleName if role is not RoleName.CUSTOMER)


class Language(Labelled):
    """The languages of the interface."""

    INDONESIAN = "id", "Bahasa Indonesia"
    ENGLISH = "en", "English"


roles_users = Table(
    "roles_users",
    db.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True, index=True),
    **MYSQL,
)


class Role(HasId, RoleMixin, db.Model):
    """A role: its name is one of RoleName, its rights stand in ecrm/policy.py."""

    __tablename__ = "role"
    __label__: Any = _l("Role")
    __labels__: Any = _l("Roles")

    name: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Name")))
    description: Mapped[str | None] = mapped_column(String(200), info=label(_l("Description")))
    two_factor_required: Mapped[bool] = mapped_column(default=False, info=label(_l("Two-factor login required")))

    def __str__(self) -> str:
        """Return what people call the role."""
        return str(RoleName(self.name).label)


class User(HasId, Versioned, UserMixin, db.Model):
    """A person who logs in: staff, or a customer."""

    __tablename__ = "user"
    __label__: Any = _l("Account")
    __labels__: Any = _l("Accounts")
    __named_by__ = ("name", "email")
    __table_args__ = args(CheckConstraint("most_jobs > 0", name="most_jobs_positive"), Index(None, "name"), Index(None, "created_at"))

    email: Mapped[str] = mapped_column(String(254), unique=True, info=label(_l("E-mail"), kind="email"))
    name: Mapped[str] = mapped_column(String(100), default="", info=label(_l("Name")))
    phone: Mapped[str | None] = mapped_column(String(20), info=label(_l("Phone"), kind="phone"))
    language: Mapped[Language] = mapped_column(
        words(Language, "language"), default=Language.INDONESIAN, info=label(_l("Language"))
    )
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    claimed_number: Mapped[str | None] = mapped_column(String(20), info=label(_l("Customer number given")))
    agreed_wording: Mapped[str | None] = mapped_column(String(20), info=label(_l("Agreed to letters about promos (wording)")))
    most_jobs: Mapped[int | None] = mapped_column(info=label(_l("Most unsolved complaints"), least=1))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))
    password: Mapped[str | None] = mapped_column(String(255), info=label(_l("Password"), secret=True))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, info=label(_l("Session key"), secret=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("E-mail verified")))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Created")))
    tf_primary_method: Mapped[str | None] = mapped_column(String(64), info=label(_l("Two-factor")))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255), info=label(_l("Two-factor secret"), secret=True))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), info=label(_l("Recovery codes"), secret=True)
    )

    branch: Mapped[Branch | None] = relationship(info=label(_l("Branch")))
    roles: Mapped[list[Role]] = relationship(secondary=roles_users, lazy="selectin", info=label(_l("Roles")))

    @property
    def role_names(self) -> tuple[RoleName, ...]:
        """Return the person's roles in the order of RoleName."""
        names = {role.name for role in self.roles}
        return tuple(role for role in RoleName if role.value in names)

    def check_tf_required_setup(self) -> bool:
        """Return whether a role of the person demands two-factor login; it can then not be switched off."""
        return any(role.two_factor_required for role in self.roles)

    def check_tf_required(self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool) -> tuple[bool, list[tuple[str, str]]]:
        """Return whether a login goes by two factors: by the person's choice or a role's demand."""
        required, methods = super().check_tf_required(tf_setup_methods, tf_fresh)
        return required or self.check_tf_required_setup(), methods

    def __str__(self) -> str:
        """Return what people call the person."""
        return self.name or self.email

"""What people do with one row that is no move of a lifecycle; the policy names each like a verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel.speaklater import LazyString
from flask_login import current_user
from flask_security import url_for_security
from flask_security.recoverable import generate_reset_password_token

from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.letters.security import invite
from ecrm.models import ApiToken, Complaint, Customer, GrantRule, Installation, Letter, RiskScore, Role, User, UserSession
from ecrm.models.base import now
from ecrm.models.user_session import EndReason
from ecrm.rules import account, activation, api_token, compensation, grant_rule, letter, outage, winning
from ecrm.rules.errors import Refused


class NotReady(Refused):
    """The row does not need the deed any more: somebody was faster, or the page is old."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(_l("This is not needed any more: somebody was faster, or the page is old."))


@dataclass(frozen=True)
class Deed:
    """A button of a row's page: `ready(row)` says whether to offer it, `act(row, by, at)` does it, uncommitted."""

    name: str
    label: Any
    ready: Callable[[Any], bool]
    act: Callable[[Any, User, datetime], None]
    needs: tuple[str, ...] = ()  # as a Verb has them: a deed asks for nothing
    takes: tuple[str, ...] = ()

    def carry_out(self, row: Any, by: User, at: datetime) -> None:
        """Do it; raises NotReady where the row does not need it."""
        if not self.ready(row):
            raise NotReady
        self.act(row, by, at)


def _again(row: Letter, _by: User, at: datetime) -> None:
    letter.again(row, at)


def keep_an_administrator(row: User) -> None:
    """Raise FieldRefused where the person at the keyboard would lock themselves, or everybody, out."""
    account.check(db.session, row, current_user._get_current_object())


def _uninvited(row: User) -> bool:
    return row.active and row.password is None


def _invite(row: User, _by: User, at: datetime) -> None:
    send_invitation(row, at)


def send_invitation(row: User, at: datetime) -> None:
    """Write the letter with which a person chooses the first password; uncommitted."""
    link = url_for_security("reset_password", token=generate_reset_password_token(row), _external=True)
    invite(db.session(), row, link, at, at + current_app.config["SECURITY_RESET_PASSWORD_WITHIN"])


def _alive(row: UserSession) -> bool:
    return row.alive(now())


def _end(row: UserSession, _by: User, at: datetime) -> None:
    row.end(at, EndReason.BY_ADMINISTRATOR)


def _demand(row: Role, _by: User, at: datetime) -> None:
    account.demand_two_factor(db.session(), row, True, at)


def _free(row: Role, _by: User, at: datetime) -> None:
    account.demand_two_factor(db.session(), row, False, at)


def _forget_phone(row: User, _by: User, _at: datetime) -> None:
    row.tf_primary_method = row.tf_totp_secret = row.mf_recovery_codes = None


def _lift(row: Customer, _by: User, _at: datetime) -> None:
    row.restricted_at = None


def _revoke(row: ApiToken, _by: User, at: datetime) -> None:
    api_token.revoke(row, at)


def _join(row: Complaint, _by: User, _at: datetime) -> None:
    outage.join(db.session(), row)


def _leave(row: Complaint, _by: User, _at: datetime) -> None:
    outage.leave(row)


def _linkable(row: Installation) -> bool:
    return activation.linkable(db.session(), row)


def _link(row: Installation, _by: User, _at: datetime) -> None:
    row.customer = activation.namesake(db.session(), row)


def _propose(row: GrantRule, _by: User, at: datetime) -> None:
    grant_rule.propose(db.session(), row, at, AT_ONCE)


def _compensation() -> tuple[int, int]:
    """Return the Mbps and days of the settings."""
    settings = current_app.config["ECRM"]
    return settings["COMPENSATION_MBPS"], settings["COMPENSATION_DAYS"]


def _deserved(row: Complaint) -> bool:
    return compensation.deserved(row, now()) and compensation.given(db.session(), row) is None


def _compensate(row: Complaint, by: User, at: datetime) -> None:
    compensation.give(db.session(), row, *_compensation(), by, at)


def _offer() -> str:
    mbps, days = _compensation()
    return _("Compensate: +%(mbps)s Mbps, %(days)s days", mbps=mbps, days=days)


def _propose_grant(row: RiskScore, _by: User, at: datetime) -> None:
    winning.propose(db.session(), row, *_compensation(), at)


def _tell_promos(row: RiskScore, _by: User, at: datetime) -> None:
    winning.tell(db.session(), row, at)


def _addition() -> str:
    mbps, days = _compensation()
    return _("Propose +%(mbps)s Mbps, %(days)s days", mbps=mbps, days=days)


AT_ONCE = 500  # drafts that one click makes; the worker makes the rest
PROPOSE = Deed("propose", _l("Propose additions now"), lambda row: row.active, _propose)
COMPENSATE = Deed("compensate", LazyString(_offer), _deserved, _compensate)
PROPOSE_GRANT = Deed("propose_grant", LazyString(_addition), lambda row: winning.proposable(db.session(), row), _propose_grant)
TELL_PROMOS = Deed("tell_promos", _l("Tell of the promos"), lambda row: bool(winning.offers(db.session(), row.subscription.customer, now())), _tell_promos)
LINK_CUSTOMER = Deed("link_customer", _l("Link to the customer with this e-mail address"), _linkable, _link)
JOIN_OUTAGE = Deed("join_outage", _l("Belongs to the outage here"), outage.joinable, _join)
LEAVE_OUTAGE = Deed("leave_outage", _l("Does not belong to the outage"), outage.leavable, _leave)
INVITE = Deed("invite", _l("Send invitation"), _uninvited, _invite)
END = Deed("end", _l("End session"), _alive, _end)
PHONE_LOST = Deed("phone_lost", _l("Switch two-factor login off: the phone is lost"), lambda row: row.tf_primary_method is not None, _forget_phone)
TWO_FACTOR = Deed("two_factor", _l("Require two-factor login"), lambda row: not row.two_factor_required, _demand)
ONE_FACTOR = Deed("one_factor", _l("Require two-factor login no more"), lambda row: row.two_factor_required, _free)
LIFT = Deed("lift_restriction", _l("Lift the restriction of the data"), lambda row: row.restricted_at is not None and row.erased_at is None, _lift)
REVOKE = Deed("revoke", _l("Revoke"), lambda row: row.revoked_at is None, _revoke)
RETRY = Deed("retry", _l("Send again"), letter.failed, _again)

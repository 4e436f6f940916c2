"""Who may do what: one table of (model, role) → Grant. No entry means no."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from ecrm import customer_rows, rows
from ecrm.grants import Grant, Right, Rows
from ecrm.models import (
    AccessEvent, ApiAnswer, ApiToken, Attachment, BandwidthGrant, Branch, CallNote, Complaint, ComplaintCategory, Consent, CountedDay, Counter, CoverageArea, Customer, Demand, Escalation, GrantRule, HelpPage, Holiday,
    Installation, Job, Letter, Outage, OutageFollower, PdpRequest, Plan, Promo, PromoRequest, PromoSeen, ProvisionCall, Recap, Reply, ReplyTemplate, RiskScore, RiskWeight, Role, SavedView, ServiceStandard, Step, Subscription, User,
    UserSession, Visit, WorkingHours,
)
from ecrm.models.account import STAFF, RoleName
from ecrm.models.incoming import IncomingMessage

__all__ = ["POLICY", "Grant", "Right", "Rows", "grant", "hidden", "may", "may_move", "scope", "visible"]
R, C, E, D, X = Right.READ, Right.CREATE, Right.EDIT, Right.DELETE, Right.EXPORT
CUSTOMER, SUPPORT, TECHNICIAN, SALES, MANAGER, ADMINISTRATOR = RoleName
WORK = frozenset({"assign", "start", "wait", "resume", "resolve", "close", "reopen", "cancel"})
FIELD = frozenset({"start", "wait", "resume", "resolve"})
NIK = frozenset({"identity_number"})
INNER = frozenset({"before", "after", "actor", "actor_id", "via"})
PERSONAL = frozenset({"claimed_number", "confirmed_at", "tf_primary_method", "agreed_wording"})
WIN = frozenset({"propose_grant", "tell_promos"})
DATA = frozenset({"take", "fulfil", "decline", "erase"})

POLICY: dict[type, dict[RoleName, Grant]] = {
    Complaint: {
        CUSTOMER: Grant(R | C, customer_rows.own_complaints, frozenset({"waited_seconds"}), frozenset({"confirm", "reopen", "cancel"})),
        SUPPORT: Grant(R | C | E | X, verbs=WORK | {"join_outage", "leave_outage", "merge", "compensate"}),
        TECHNICIAN: Grant(R, rows.own_jobs, verbs=FIELD),
        MANAGER: Grant(R | X),
    },
    Reply: {
        CUSTOMER: Grant(R | C, customer_rows.own_replies),
        SUPPORT: Grant(R | C | X),
        TECHNICIAN: Grant(R | C, rows.job_replies),
        MANAGER: Grant(R | X),
    },
    Attachment: {
        CUSTOMER: Grant(R | C, customer_rows.own_attachments),
        SUPPORT: Grant(R | C | X),
        TECHNICIAN: Grant(R | C, rows.job_attachments),
        MANAGER: Grant(R | X),
    },
    IncomingMessage: {SUPPORT: Grant(R | X, verbs=frozenset({"open", "attach", "ignore", "reconsider"})), MANAGER: Grant(R | X)},
    ComplaintCategory: {CUSTOMER: Grant(R), SUPPORT: Grant(R), TECHNICIAN: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | C | E | D | X)},
    Escalation: {SUPPORT: Grant(R), TECHNICIAN: Grant(R, rows.job_escalations), MANAGER: Grant(R | X)},
    Outage: {
        CUSTOMER: Grant(R, customer_rows.known_outages, frozenset({"declared_by", "declared_by_id", "affected"})), TECHNICIAN: Grant(R, rows.near_outages),
        SUPPORT: Grant(R | C | E | X, verbs=frozenset({"update", "restore", "cancel"})), MANAGER: Grant(R | X),
    },
    ReplyTemplate: {SUPPORT: Grant(R | C | E | D | X), TECHNICIAN: Grant(R), MANAGER: Grant(R | X)},
    HelpPage: {CUSTOMER: Grant(R, customer_rows.help_published), SUPPORT: Grant(R | C | E | D | X), TECHNICIAN: Grant(R), MANAGER: Grant(R | X)},
    OutageFollower: {CUSTOMER: Grant(R | C | D, customer_rows.own_followings), SUPPORT: Grant(R), MANAGER: Grant(R | X)},
    Customer: {
        CUSTOMER: Grant(R | E, customer_rows.own_customer),
        SUPPORT: Grant(R | C | E | X, verbs=frozenset({"activate", "suspend", "resume", "end", "lift_restriction"})),
        TECHNICIAN: Grant(R, rows.job_customers, NIK),
        SALES: Grant(R | X, rows.prospects, NIK),
        MANAGER: Grant(R | X),
        ADMINISTRATOR: Grant(R, verbs=frozenset({"lift_restriction"})),
    },
    Subscription: {
        CUSTOMER: Grant(R, customer_rows.own_subscriptions),
        SUPPORT: Grant(R | C | E | X, verbs=frozenset({"suspend", "resume", "end"})),
        TECHNICIAN: Grant(R, rows.job_subscriptions),
        MANAGER: Grant(R | X),
    },
    PdpRequest: {
        CUSTOMER: Grant(R | C, customer_rows.own_pdp_requests, frozenset({"evidence", "handled_by", "handled_by_id", "told"}), frozenset({"withdraw"})),
        SUPPORT: Grant(R | C | X, verbs=frozenset({"take"})),
        MANAGER: Grant(R | X),
        ADMINISTRATOR: Grant(R | C | X, verbs=DATA),
    },
    Consent: {CUSTOMER: Grant(R | C, customer_rows.own_consents), SUPPORT: Grant(R | C | X), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | X)},
    RiskScore: {SUPPORT: Grant(R | X, verbs=WIN), MANAGER: Grant(R | X, verbs=WIN)},
    CallNote: {SUPPORT: Grant(R | C | X), MANAGER: Grant(R | C | X)},
    RiskWeight: {SUPPORT: Grant(R), MANAGER: Grant(R | C | E | X), ADMINISTRATOR: Grant(R | C | E | D | X)},
    Plan: {CUSTOMER: Grant(R), SUPPORT: Grant(R | C | E | X), TECHNICIAN: Grant(R), SALES: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R)},
    Promo: {CUSTOMER: Grant(R, customer_rows.published), SUPPORT: Grant(R | C | E | D | X), SALES: Grant(R), MANAGER: Grant(R | X)},
    PromoRequest: {
        CUSTOMER: Grant(R | C, customer_rows.own_requests, verbs=frozenset({"withdraw"})),
        SUPPORT: Grant(R | X, verbs=frozenset({"accept", "decline"})),
        MANAGER: Grant(R | X),
    },
    PromoSeen: {CUSTOMER: Grant(R | C, customer_rows.own_seen), SUPPORT: Grant(R | X), MANAGER: Grant(R | X)},
    BandwidthGrant: {
        CUSTOMER: Grant(R, customer_rows.own_grants, frozenset({"note"})),
        SUPPORT: Grant(R | C | E | X, verbs=frozenset({"approve", "revoke"})),
        MANAGER: Grant(R | C | X),
    },
    GrantRule: {SUPPORT: Grant(R | C | E | D | X, verbs=frozenset({"propose"})), MANAGER: Grant(R | X)},
    ProvisionCall: {SUPPORT: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | X)},
    Installation: {
        CUSTOMER: Grant(R | C, customer_rows.own_installations, frozenset({"survey_result", "report"})),
        SUPPORT: Grant(R | E | X, verbs=frozenset({"schedule", "activate", "cancel", "link_customer"})),
        SALES: Grant(R | C | E | X, verbs=frozenset({"survey", "not_covered", "cancel"})),
        TECHNICIAN: Grant(R, rows.own_visits, verbs=frozenset({"install"})),
        MANAGER: Grant(R | X),
    },
    Demand: {CUSTOMER: Grant(R | C, rows.nothing), SUPPORT: Grant(R), SALES: Grant(R | C | E | X, verbs=frozenset({"told"})), MANAGER: Grant(R | X)},
    Visit: {
        CUSTOMER: Grant(R, customer_rows.promised_visits, frozenset({"materials", "note", "task", "held"})),
        SUPPORT: Grant(R | C | X, verbs=frozenset({"rebook", "cancel", "report"})),
        TECHNICIAN: Grant(R, rows.own_calls, verbs=frozenset({"arrive", "report"})),
        SALES: Grant(R, rows.of_applications),
        MANAGER: Grant(R | X),
    },
    Branch: {CUSTOMER: Grant(R), SUPPORT: Grant(R), TECHNICIAN: Grant(R), SALES: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | C | E | X)},
    CoverageArea: {
        CUSTOMER: Grant(R), SUPPORT: Grant(R), TECHNICIAN: Grant(R), SALES: Grant(R | C | E | X), MANAGER: Grant(R | X),
        ADMINISTRATOR: Grant(R | C | E | D | X),
    },
    WorkingHours: {SUPPORT: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | C | E | D | X)},
    Holiday: {SUPPORT: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | C | E | X)},
    ServiceStandard: {SUPPORT: Grant(R), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | C | E | D | X)},
    Recap: {SUPPORT: Grant(R | C | X, rows.work_recaps), MANAGER: Grant(R | C | X)},
    SavedView: {role: Grant(R | C | E | D, rows.views_of(role)) for role in STAFF},
    User: {
        SUPPORT: Grant(R, rows.technicians, PERSONAL),
        TECHNICIAN: Grant(R, rows.oneself, PERSONAL),
        MANAGER: Grant(R | X, hidden=PERSONAL),
        ADMINISTRATOR: Grant(R | C | E | X, verbs=frozenset({"invite", "phone_lost"})),
    },
    Role: {MANAGER: Grant(R), ADMINISTRATOR: Grant(R, verbs=frozenset({"two_factor", "one_factor"}))},
    UserSession: {CUSTOMER: Grant(R, rows.own_sessions, verbs=frozenset({"end"})), ADMINISTRATOR: Grant(R, verbs=frozenset({"end"}))},
    AccessEvent: {ADMINISTRATOR: Grant(R | X)},
    ApiToken: {MANAGER: Grant(R), ADMINISTRATOR: Grant(R | C, verbs=frozenset({"revoke"}))}, ApiAnswer: {ADMINISTRATOR: Grant(R)},
    Letter: {SUPPORT: Grant(R | X), MANAGER: Grant(R | X), ADMINISTRATOR: Grant(R | X, verbs=frozenset({"retry"}))},
    Step: {
        CUSTOMER: Grant(R, customer_rows.own_steps, INNER),
        SUPPORT: Grant(R, rows.work_steps),
        TECHNICIAN: Grant(R, rows.job_steps),
        MANAGER: Grant(R | X),
        ADMINISTRATOR: Grant(R | X),
    },
    Job: {ADMINISTRATOR: Grant(R)}, Counter: {ADMINISTRATOR: Grant(R)},
    CountedDay: {ADMINISTRATOR: Grant(R, hidden=frozenset({"moves", "figures", "minutes"}))},
}


def grant(model: type, role: RoleName) -> Grant | None:
    """Return what `role` may do with `model`, None for nothing."""
    return POLICY.get(model, {}).get(role)


def may(role: RoleName, model: type, right: Right) -> bool:
    """Return whether `role` has `right` on `model`."""
    found = grant(model, role)
    return found is not None and right in found.may


def may_move(role: RoleName, model: type, verb: str) -> bool:
    """Return whether `role` may carry out `verb` on the rows that it sees."""
    found = grant(model, role)
    return found is not None and verb in found.verbs


def hidden(model: type, role: RoleName) -> frozenset[str]:
    """Return the columns of `model` that `role` never sees; the trail keeps to them too."""
    found = grant(model, role)
    return found.hidden if found else frozenset()


def scope(model: type, role: RoleName, user: User) -> ColumnElement[bool]:
    """Return the condition on the rows of `model` that exist for `user` in `role`; false where there is no entry."""
    found = grant(model, role)
    return found.rows(user) if found else false()


def visible(model: type, role: RoleName, user: User) -> Select[Any]:
    """Return the SELECT of the rows of `model` that exist for `user` in `role`; every fetch begins here."""
    return select(model).where(scope(model, role, user))

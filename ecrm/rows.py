"""Which rows of a table exist for a person: conditions that the policy table names."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from ecrm.models import (
    ApiToken, Attachment, Complaint, Customer, Escalation, Installation, Outage, Recap, Reply, Role, SavedView, Step, Subscription, User, UserSession, Visit,
)
from ecrm.models.account import RoleName, roles_users
from ecrm.models.customer import CustomerStatus


def everything(_user: User) -> ColumnElement[bool]:
    """All rows."""
    return true()


def nothing(_user: User) -> ColumnElement[bool]:
    """No rows: who writes one does not read it again."""
    return false()


def ids(model: Any, clause: ColumnElement[bool], column: Any = None) -> Any:
    """Return the SELECT of the ids, or of another column, of the rows of a model that a condition lets through."""
    return select(model.id if column is None else column).where(clause).scalar_subquery()


# Rows of a technician: the jobs, and what belongs to them.
def own_jobs(user: User) -> ColumnElement[bool]:
    """Complaints of which the person is the technician."""
    return Complaint.technician_id == user.id


def own_visits(user: User) -> ColumnElement[bool]:
    """Installations of which the person is the technician."""
    return Installation.technician_id == user.id


def own_calls(user: User) -> ColumnElement[bool]:
    """Visits of which the person is the technician."""
    return Visit.technician_id == user.id


def of_applications(_user: User) -> ColumnElement[bool]:
    """Visits to applicants."""
    return Visit.installation_id.is_not(None)


def job_customers(user: User) -> ColumnElement[bool]:
    """Customers of the technician's jobs and visits."""
    return or_(
        Customer.id.in_(ids(Complaint, own_jobs(user), Complaint.customer_id)),
        Customer.id.in_(ids(Installation, and_(own_visits(user), Installation.customer_id.is_not(None)), Installation.customer_id)),
    )


def job_subscriptions(user: User) -> ColumnElement[bool]:
    """Subscriptions of the customers of the technician's jobs."""
    return Subscription.customer_id.in_(ids(Customer, job_customers(user)))


def _merged(user: User) -> Any:
    """Complaints that were merged into the technician's jobs."""
    return ids(Complaint, Complaint.merged_into_id.in_(ids(Complaint, own_jobs(user))))


def job_replies(user: User) -> ColumnElement[bool]:
    """Replies to the technician's jobs, and to what was merged into them."""
    return or_(Reply.complaint_id.in_(ids(Complaint, own_jobs(user))), Reply.complaint_id.in_(_merged(user)))


def job_attachments(user: User) -> ColumnElement[bool]:
    """Attachments of the technician's jobs, of what was merged into them, and of the technician's visits."""
    return or_(Attachment.visit_id.in_(ids(Visit, own_calls(user))), Attachment.complaint_id.in_(ids(Complaint, own_jobs(user))), Attachment.complaint_id.in_(_merged(user)))


def job_steps(user: User) -> ColumnElement[bool]:
    """The trail of the technician's jobs."""
    return and_(Step.table == "complaint", Step.row_id.in_(ids(Complaint, own_jobs(user))))


def job_escalations(user: User) -> ColumnElement[bool]:
    """What was escalated of the technician's jobs."""
    return Escalation.complaint_id.in_(ids(Complaint, own_jobs(user)))


def near_outages(user: User) -> ColumnElement[bool]:
    """Outages of the technician's branch, and those that the technician's jobs belong to."""
    jobs = ids(Complaint, and_(own_jobs(user), Complaint.outage_id.is_not(None)), Complaint.outage_id)
    return or_(Outage.branch_id == user.branch_id, Outage.id.in_(jobs))


def work_steps(_user: User) -> ColumnElement[bool]:
    """The trail without that of accounts and of tokens."""
    return Step.table.not_in([User.__tablename__, ApiToken.__tablename__])


def work_recaps(_user: User) -> ColumnElement[bool]:
    """Frozen recaps without those of the staff's activity, which the managers alone read."""
    return Recap.kind != "activity"


def prospects(_user: User) -> ColumnElement[bool]:
    """Customers-to-be."""
    return Customer.status == CustomerStatus.PROSPECT


def technicians(user: User) -> ColumnElement[bool]:
    """Accounts of technicians, and the own one."""
    role = select(Role.id).where(Role.name == RoleName.TECHNICIAN.value).scalar_subquery()
    return or_(User.id == user.id, User.id.in_(select(roles_users.c.user_id).where(roles_users.c.role_id == role)))


def oneself(user: User) -> ColumnElement[bool]:
    """The own account."""
    return User.id == user.id


def own_sessions(user: User) -> ColumnElement[bool]:
    """The sessions of the own account."""
    return UserSession.user_id == user.id


def views_of(role: RoleName) -> Callable[[User], ColumnElement[bool]]:
    """Return the condition of the views of a role's lists."""
    def views(user: User) -> ColumnElement[bool]:
        """The own views of the role's lists, and those shared with the role."""
        return and_(SavedView.role == role, or_(SavedView.owner_id == user.id, SavedView.shared.is_(True)))
    return views

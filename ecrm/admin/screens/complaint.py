"""Screens of complaints, their replies and attachments, and the categories."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from ecrm import policy, storage
from ecrm.admin import appointments, cells
from ecrm.admin.deeds import COMPENSATE, JOIN_OUTAGE, LEAVE_OUTAGE
from ecrm.admin.pages import Link, the_only
from ecrm.admin.place_filters import Area
from ecrm.admin.report_filters import Answered, FirstVisit, Kind, OpenOn, Rated, Standard, Target, Writers
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import COMPLAINTS
from ecrm.admin.stretches import Stretch
from ecrm.admin.work import ComplaintPage
from ecrm.admin.work_filters import InOutage, Late, Left, Mine, OfCustomer, OfOutage, Quiet, Reopened, Repeated, Soon, Suspicious, Unanswered
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Attachment, BandwidthGrant, Complaint, ComplaintCategory, Escalation, Reply, Subscription
from ecrm.models.base import NEVER, now, present
from ecrm.models.complaint import SOLVED, UNSOLVED
from ecrm.models.customer import SubscriptionStatus
from ecrm.policy import Right
from ecrm.rules import category, complaint, duplicates, queue, sla

FEW = ("late", "soon", "unanswered", "quiet")  # filters that leave few rows, which the queue sorts
# Those whose clock runs, the next due first, then what is solved or waits, the newest first.
DUE_FIRST = [
    Stretch(((Complaint.clock_due_at, False), (Complaint.opened_at, False), (Complaint.id, False)), Complaint.clock_due_at < NEVER),
    Stretch(((Complaint.opened_at, True), (Complaint.id, True)), Complaint.clock_due_at == NEVER),
]
QUEUE = [Stretch(tuple((part, False) for part in queue.order(present())), keyed=False)]
URGENT_FIRST = ("unsolved", *(status.value for status in UNSOLVED))


class ComplaintScreen(ComplaintPage, Screen):
    """Complaints: unsolved ones in the order of the queue, all of them the next due first, then the newest."""

    model = Complaint
    group = COMPLAINTS
    columns = ("number", "subject", "customer", "status", "priority", "resolution_due_at", "technician", "opened_at")
    details = (
        "category", "description", "channel", "subscription", "branch", "customer.phone", "customer.address",
        "first_response_at", "resolved_at", "closed_at", "response_due_at", "clock", "waited_seconds", "reopen_count", "repeats", "rating",
        "rating_remark", "outage", "merged_into",
    )
    form_create = ("customer", "subscription", "channel", "category", "priority", "subject", "description")
    form_edit = ("category", "subscription", "channel", "priority", "subject", "description")
    search = ("number", "subject", "description")
    search_also = ("customer", "customer.phone")
    filters = ("status", "priority", "category", "technician", "branch", "channel", "opened_at", "resolved_at")
    more_filters = (Late, Soon, Unanswered, Quiet, Mine, Target, Reopened, Repeated, FirstVisit, Kind, Area, Left, OfCustomer, OpenOn, Standard, Answered, Rated,
                    InOutage, OfOutage, Suspicious)
    sortable = ("number", "priority", "opened_at", "resolution_due_at")
    sort = ("opened_at", True)
    unsolved, solved = UNSOLVED, SOLVED
    checks = (complaint.check,)
    deeds = (JOIN_OUTAGE, LEAVE_OUTAGE, COMPENSATE)
    column_formatters = {"subject": cells.subject, "customer": cells.customer, "resolution_due_at": cells.due,
                         "opened_at": cells.short}
    groups = (
        (_l("Who complains"), ("customer", "subscription", "channel")),
        (_l("What is wrong"), ("category", "priority", "subject", "description")),
    )
    help = {
        "customer": _l("Type a name, a customer number or a telephone number."),
        "subscription": _l("The line that is disturbed; left blank where the complaint is about no line, such as a bill."),
        "channel": _l("How the customer reached us."),
        "category": _l("Decides the usual priority and the targets."),
        "subject": _l("In a few words, as the technician will see it in a list."),
        "priority": _l("Left blank, it is the category's usual priority."),
        "description": _l("What happens, since when, what the lights of the modem show, what was tried."),
    }
    empty = _l("No complaints yet. Customers enter them in the portal, support when somebody calls.")
    wide = ("subject",)
    opens_row = True

    @staticmethod
    def born(session, row, at, _by):
        """Number, targets and letters of a new complaint."""
        complaint.enter(session, row, at)

    def entered(self, row):
        """Say so where the customer's other complaints may be about the same: they can be merged."""
        for other in [one for one in duplicates.likely(db.session(), row, now()) if one.unsolved][:2]:
            flash(_("Perhaps the same as %(other)s: then merge the two here.", other=other), "warning")

    def prefill(self, form):
        """The customer's only subscription."""
        customer = form.customer.data if "customer" in form._fields else None
        if customer is not None and "subscription" in form._fields:
            query = policy.visible(Subscription, self.role, current_user).where(Subscription.customer_id == customer.id)
            form.subscription.data = the_only(query.where(Subscription.status != SubscriptionStatus.ENDED))

    def loads(self, names):
        """Bring the category along, which stands under the subject."""
        return super().loads([*names, "category"])

    def row_class(self, row):
        """Mark what is late, and what soon will be."""
        at = now()
        return "is-late" if sla.late(row, at) else "is-soon" if sla.soon(row, at) else ""

    def links(self, row):
        """A visit, and a bandwidth addition as compensation, where the role may plan or give one."""
        found, screen = appointments.links(self, row), self.sibling(BandwidthGrant)
        if screen is None or not screen.can_create or row.subscription_id is None:
            return found
        url = screen.get_url(f"{screen.endpoint}.create_view", complaint=row.id, subscription=row.subscription_id)
        return [*found, Link(_("Compensate …"), url)]

    def _get_list_filter_args(self):
        """Return the filters of the address; without any argument those who work on complaints see the unsolved ones."""
        return self.filters_of({"status": "unsolved"}) if self._opening() else super()._get_list_filter_args()

    def _stretches(self, name, descending):
        """Return the order asked for; else unsolved ones in the order of the queue, all of them the next due first."""
        if name in self._sortable_columns:
            return super()._stretches(name, descending)
        wanted = {key.partition("_")[2]: value for key, value in request.args.items() if key.startswith("flt")}
        working = wanted.get("status") in URGENT_FIRST or "1" in (wanted.get(key) for key in FEW) or self._opening()
        return QUEUE if working else DUE_FIRST

    def _opening(self):
        """Return whether this is the list as somebody who works on complaints opens it."""
        return request.endpoint == f"{self.endpoint}.index_view" and not request.args and bool(self.grant.verbs)


class ReplyScreen(Screen):
    """Replies; they are written on the complaint's page."""

    model = Reply
    group = COMPLAINTS
    columns = ("at", "complaint", "author", "public", "text")
    search = ("text",)
    filters = ("public", "author", "at")
    more_filters = (Writers,)
    empty = _l("Nobody has written yet. Replies are written on a complaint's page.")
    sortable = ("at",)


class AttachmentScreen(Screen):
    """Attachments; they are added on the complaint's page."""

    model = Attachment
    extra_needs = {"file_view": Right.READ}
    group = COMPLAINTS
    columns = ("at", "complaint", "visit", "name", "media_type", "size", "by")
    details = ("reply", "phase", "sha256")
    search = ("name",)
    empty = _l("No files yet. They are added on a complaint's page.")
    filters = ("media_type", "at")
    sortable = ("at",)

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """Send the file itself."""
        return storage.send(self.get_one(request.args.get("id")))

    def links(self, row):
        """The file."""
        return [Link(_("Open the file"), self.get_url(".file_view", id=row.id))]


class CategoryScreen(Screen):
    """Complaint categories and their targets."""

    model = ComplaintCategory
    group = COMPLAINTS
    columns = ("code", "name", "kind", "priority", "response_hours", "resolution_hours", "clock", "active")
    details = ("name_en",)
    form = ("code", "name", "name_en", "kind", "priority", "response_hours", "resolution_hours", "clock", "active")
    search = ("code", "name", "name_en")
    filters = ("active", "priority")
    checks = (category.check,)
    empty = _l("No categories yet. Without one no complaint can be entered: make the first, with its targets.")
    groups = (
        (_l("What it is called"), ("code", "name", "name_en", "kind", "active")),
        (_l("How fast"), ("priority", "response_hours", "resolution_hours", "clock")),
    )
    help = {
        "code": _l("Short and lasting, such as SLOW; files that are brought in name it so."),
        "kind": _l("The sheet of service quality counts disturbances and bills apart."),
        "priority": _l("Of a complaint for which nobody chooses another."),
        "response_hours": _l("From the complaint to the first answer."),
        "resolution_hours": _l("From the complaint to the solution; while we wait for the customer the clock stands still."),
        "clock": _l("Around the clock, or only in the branch's working hours."),
        "active": _l("Take the tick away to offer it no more; complaints that have it keep it."),
    }
    sortable = ("code", "name")
    sort = ("code", False)


class EscalationScreen(Screen):
    """Escalations; the worker writes them."""

    model = Escalation
    group = COMPLAINTS
    columns = ("at", "level", "target", "complaint", "due_at")
    details = ("round",)
    filters = ("level", "target", "at")
    empty = _l("Nothing was escalated. A line comes by itself when a target is nearly missed, or missed.")
    sortable = ("at",)
    sort = ("at", True)
    column_formatters = column_formatters_detail = {"due_at": cells.ago}

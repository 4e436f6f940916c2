"""Screens of complaints, their replies and attachments, and the categories."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import Attachment, Complaint, ComplaintCategory, Reply
from ecrm.models.complaint import UNSOLVED
from ecrm.rules.complaint import enter

GROUP = _l("Complaints")


class ComplaintScreen(Screen):
    """Complaints, the most urgent first."""

    model = Complaint
    group = GROUP
    columns = ("number", "subject", "customer", "category", "priority", "status", "technician", "opened_at", "resolution_due_at")
    details = (
        "description", "channel", "subscription", "branch", "customer.phone", "customer.address", "first_response_at", "resolved_at",
        "closed_at", "response_due_at", "waited_seconds", "reopen_count", "rating", "rating_remark",
    )
    form_create = ("customer", "subscription", "category", "channel", "priority", "subject", "description")
    form_edit = ("category", "subscription", "channel", "priority", "subject", "description")
    search = ("number", "subject")
    filters = ("status", "priority", "category", "technician", "branch", "channel", "opened_at")
    sortable = ("number", "priority", "opened_at", "resolution_due_at")
    sort = ("opened_at", True)
    unsolved = UNSOLVED

    @staticmethod
    def born(session, row, at, _by):
        """Number, targets and letters of a new complaint."""
        enter(session, row, at)


class ReplyScreen(Screen):
    """Replies; they are written on the complaint's page."""

    model = Reply
    group = GROUP
    columns = ("at", "complaint", "author", "public", "text")
    search = ("text",)
    filters = ("public", "at")
    sortable = ("at",)


class AttachmentScreen(Screen):
    """Attachments; they are added on the complaint's page."""

    model = Attachment
    group = GROUP
    columns = ("at", "complaint", "name", "media_type", "size", "by")
    details = ("reply", "sha256")
    search = ("name",)
    filters = ("media_type", "at")
    sortable = ("at",)


class CategoryScreen(Screen):
    """Complaint categories and their targets."""

    model = ComplaintCategory
    group = GROUP
    columns = ("code", "name", "name_en", "priority", "response_hours", "resolution_hours", "active")
    form = columns
    search = ("code", "name", "name_en")
    filters = ("active", "priority")
    sortable = ("code", "name")
    sort = ("code", False)

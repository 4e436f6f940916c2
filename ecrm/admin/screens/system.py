"""Screens of accounts, roles, letters, the trail and counters."""

from flask_babel import lazy_gettext as _l

from ecrm import policy
from ecrm.admin import cells, codes, story, trail_cells
from ecrm.admin.deeds import INVITE, RETRY, keep_an_administrator
from ecrm.admin.report_filters import StaffMembers
from ecrm.admin.screen import Screen
from ecrm.admin.work_filters import Failing, Verified
from ecrm.models import TABLES, Counter, Job, Letter, Role, Step, User
from ecrm.rules import account

GROUP = _l("System")


class UserScreen(Screen):
    """Accounts."""

    model = User
    group = GROUP
    columns = ("name", "email", "roles", "branch", "active", "confirmed_at", "created_at")
    details = ("phone", "language", "most_jobs", "claimed_number", "tf_primary_method")
    form = ("name", "email", "phone", "language", "branch", "roles", "most_jobs", "active")
    help = {"most_jobs": _l("For technicians: with so many, others come first when a complaint is assigned. Blank: no limit.")}
    search = ("name", "email")
    filters = ("active", "branch")
    more_filters = (Verified,)
    sortable = ("name", "email", "created_at")
    checks = (keep_an_administrator,)
    deeds = (INVITE,)
    opens_row = True

    @staticmethod
    def born(_session, row, at, _by):
        """Session key of a new account, and no password yet."""
        account.open_account(row, at)


class RoleScreen(Screen):
    """Roles; what they may do stands in the policy."""

    model = Role
    group = GROUP
    columns = ("name", "description")
    coded = {"name": codes.ROLE}


class LetterScreen(Screen):
    """Letters."""

    model = Letter
    group = GROUP
    columns = ("queued_at", "to_email", "template", "state", "tries", "sent_at", "last_error")
    details = ("to_name", "language", "customer", "next_try_at")
    search = ("to_email",)
    filters = ("state", "template", "queued_at")
    sortable = ("queued_at",)
    sort = ("queued_at", True)
    deeds = (RETRY,)
    coded = {"template": codes.LETTER}

    def title_of(self, row):
        """Say which letter it is, and to whom."""
        return f"{codes.LETTER.text(row.template)}, {row.to_email}"


class StepScreen(Screen):
    """The trail."""

    model = Step
    group = GROUP
    columns = ("at", "actor", "via", "table", "row_id", "action", "from_status", "to_status", "reason")
    details = ("before", "after")
    filters = ("table", "row_id", "action", "actor", "via", "at")
    more_filters = (StaffMembers,)
    sortable = ("at",)
    coded = {"table": codes.TABLE, "action": codes.ACTION}
    column_formatters = column_formatters_detail = trail_cells.CELLS
    column_formatters_export = trail_cells.EXPORT

    def title_of(self, row):
        """Say what was done to which row."""
        return f"{story.action(TABLES.get(row.table), row.action)}: {codes.TABLE.text(row.table)} {row.row_id}"

    def _get_field_value(self, model, name):
        """Leave out of before and after what the policy hides from the role."""
        value = super()._get_field_value(model, name)
        if name not in ("before", "after"):
            return value
        hidden = policy.hidden(TABLES[model.table], self.role)
        return {key: item for key, item in value.items() if key not in hidden}


class JobScreen(Screen):
    """The worker's periodic jobs."""

    model = Job
    group = GROUP
    columns = ("name", "started_at", "seconds", "done", "failures", "last_error", "next_at")
    details = ("worked_at", "failed_at", "lease_owner", "lease_until")
    more_filters = (Failing,)
    sort = ("name", False)
    sortable = ("name",)
    coded = {"name": codes.JOB}
    column_formatters = {"started_at": cells.ago, "next_at": cells.ago, "seconds": cells.seconds}
    column_formatters_detail = {"seconds": cells.seconds}

    def title_of(self, row):
        """Say what people call the job."""
        return str(codes.JOB.text(row.name))

    def row_class(self, row):
        """Mark what fails."""
        return "is-late" if row.failures else ""


class CounterScreen(Screen):
    """Counters."""

    model = Counter
    group = GROUP
    columns = ("name", "value")
    sortable = ("name",)
    sort = ("name", False)

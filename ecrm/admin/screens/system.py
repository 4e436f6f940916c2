"""Screens of accounts, roles, letters, the trail and counters."""

from ecrm import policy
from ecrm.admin import cells, codes, lookup, story, trail_cells
from ecrm.admin.deeds import END, INVITE, ONE_FACTOR, PHONE_LOST, RETRY, TWO_FACTOR, keep_an_administrator
from ecrm.admin.pages import Belongs
from ecrm.admin.report_filters import StaffMembers
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import SYSTEM
from ecrm.admin.work_filters import Failing, Verified
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import TABLES, AccessEvent, CountedDay, Counter, Job, Letter, Role, Step, User, UserSession
from ecrm.rules import account


class UserScreen(Screen):
    """Accounts."""

    model = User
    group = SYSTEM
    columns = ("name", "email", "roles", "branch", "active", "confirmed_at", "created_at")
    details = ("phone", "language", "most_jobs", "claimed_number", "tf_primary_method")
    form = ("name", "email", "phone", "language", "branch", "roles", "most_jobs", "active")
    search = ("name", "email")
    filters = ("active", "branch")
    more_filters = (Verified,)
    sortable = ("name", "email", "created_at")
    checks = (keep_an_administrator,)
    deeds = (INVITE, PHONE_LOST)
    belongs = (Belongs(AccessEvent, ("at", "kind", "address", "rule"), lambda row: AccessEvent.user_id == row.id,
                       filters=lambda row: {"user": str(row.id)}),)
    column_formatters_detail = {"phone": cells.phone}
    empty = _l("No accounts here.")
    groups = (
        (_l("Person"), ("name", "email", "phone", "language")),
        (_l("Work"), ("branch", "roles", "most_jobs", "active")),
    )
    help = {
        "email": _l("The person logs in with it; an invitation to choose a password is sent from the account's page."),
        "language": _l("Of pages and letters; each person can change it."),
        "branch": _l("Where a technician works; assignments offer those of the complaint's branch first."),
        "roles": _l("Decide what the person sees and may do. Several are possible; the person switches between them."),
        "most_jobs": _l("For technicians: with so many, others come first when a complaint is assigned. Blank: no limit."),
        "active": _l("Take the tick away for who has left: nobody can log in with it, and what the person did stays."),
    }
    opens_row = True
    asks_again = True

    @staticmethod
    def born(_session, row, at, _by):
        """Session key of a new account, and no password yet."""
        account.open_account(row, at)


class SessionScreen(Screen):
    """Logins, those that live and those of the last months."""

    model = UserSession
    group = SYSTEM
    columns = ("user", "began_at", "seen_at", "until", "address", "agent", "ended_at", "because")
    empty = _l("Nobody has logged in yet. Each login stands here until 90 days after its end.")
    details = ("idle_seconds",)
    search = ("address",)
    filters = ("user", "began_at", "because")
    sortable = ("began_at", "seen_at")
    sort = ("began_at", True)
    deeds = (END,)
    column_formatters = {"agent": cells.browser, "seen_at": cells.ago}


class RoleScreen(Screen):
    """Roles; what they may do stands in the policy."""

    model = Role
    group = SYSTEM
    columns = ("name", "description", "two_factor_required")
    empty = _l("No roles here.")
    deeds = (TWO_FACTOR, ONE_FACTOR)
    asks_again = True


class LetterScreen(Screen):
    """Letters."""

    model = Letter
    group = SYSTEM
    columns = ("queued_at", "to_email", "template", "state", "tries", "sent_at", "last_error")
    details = ("to_name", "language", "channel", "customer", "next_try_at")
    search = ("to_email",)
    filters = ("state", "template", "queued_at")
    sortable = ("queued_at",)
    sort = ("queued_at", True)
    deeds = (RETRY,)
    empty = _l("No letters yet. They are written by themselves when something happens that a person must know.")
    column_formatters_detail = {"next_try_at": cells.ago}

    def title_of(self, row):
        """Say which letter it is, and to whom."""
        return f"{codes.LETTER.text(row.template)}, {row.to_email}"


class StepScreen(Screen):
    """The trail: in the list one line for each changed column, on a step's page all that was written down."""

    model = Step
    group = SYSTEM
    columns = ("at", "actor", "action", "table", "row_id", "before", "reason")
    details = ("after", "from_status", "to_status", "via")
    filters = ("table", "row_id", "action", "actor", "via", "at")
    more_filters = (StaffMembers,)
    empty = _l("Nothing has happened yet. Every change is written down here by itself.")
    sortable = ("at",)
    list_template = "admin/trail.html"
    column_formatters = trail_cells.IN_LIST
    column_formatters_detail = trail_cells.ON_PAGE
    column_formatters_export = trail_cells.EXPORT

    def title_of(self, row):
        """Say what was done to which row."""
        return f"{story.action(TABLES.get(row.table), row.action)}: {codes.TABLE.text(row.table)} {row.row_id}"

    def get_list_columns(self):
        """Call the column that shows both values by what it shows."""
        return [(name, _l("Changes") if name == "before" else label) for name, label in super().get_list_columns()]

    def get_list(self, *asked, **more):
        """Fetch what the values point to along with the steps."""
        count, rows = super().get_list(*asked, **more)
        story.remember(rows)
        return count, rows

    def about(self, active):
        """Return (screen, row) where the list is the trail of one row that exists for the person, else None."""
        chosen = {self._filters[index].key: value for index, _name, value in active or ()}
        screen = self.sibling(TABLES.get(chosen.get("table")))
        number = lookup.whole(chosen.get("row_id", ""))
        row = lookup.query(screen.model, self.role).filter_by(id=number).one_or_none() if screen and number else None
        return (screen, row) if row is not None else None

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
    group = SYSTEM
    columns = ("name", "started_at", "seconds", "done", "failures", "last_error", "next_at")
    details = ("worked_at", "failed_at", "lease_owner", "lease_until")
    more_filters = (Failing,)
    empty = _l("No job has run yet. Start the worker: flask --app ecrm worker.")
    sort = ("name", False)
    sortable = ("name",)
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
    group = SYSTEM
    columns = ("name", "value")
    empty = _l("Nothing was numbered yet.")
    sortable = ("name",)
    sort = ("name", False)


class CountedDayScreen(Screen):
    """Days whose figures are kept."""

    model = CountedDay
    group = SYSTEM
    columns = ("day", "hours", "counted")
    empty = _l("No day is counted yet; the worker counts each day when it is over.")
    filters = ("day",)
    sortable = ("day",)
    sort = (("day", True), ("id", True))

"""Screens of accounts, roles, letters, the trail and counters."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import Counter, Letter, Role, Step, User

GROUP = _l("System")


class UserScreen(Screen):
    """Accounts."""

    model = User
    group = GROUP
    columns = ("name", "email", "roles", "branch", "active", "confirmed_at", "created_at")
    details = ("phone", "language", "claimed_number", "tf_primary_method")
    form = ("name", "email", "phone", "language", "branch", "roles", "active")
    search = ("name", "email")
    filters = ("active", "branch")
    sortable = ("name", "email", "created_at")


class RoleScreen(Screen):
    """Roles; what they may do stands in the policy."""

    model = Role
    group = GROUP
    columns = ("name", "description")


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


class StepScreen(Screen):
    """The trail."""

    model = Step
    group = GROUP
    columns = ("at", "actor", "via", "table", "row_id", "action", "from_status", "to_status", "reason")
    details = ("before", "after")
    filters = ("table", "row_id", "action", "via", "at")
    sortable = ("at",)


class CounterScreen(Screen):
    """Counters."""

    model = Counter
    group = GROUP
    columns = ("name", "value")
    sortable = ("name",)
    sort = ("name", False)

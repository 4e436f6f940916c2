"""Screens of the API: its tokens, and the answers kept for requests that come twice."""

from secrets import token_urlsafe

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from ecrm.admin import cells
from ecrm.admin.deeds import REVOKE
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import SYSTEM
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import ApiAnswer, ApiToken
from ecrm.rules import api_token


class ApiTokenScreen(Screen):
    """Tokens of the API; each is shown once, when it is made."""

    model = ApiToken
    group = SYSTEM
    columns = ("name", "user", "role", "prefix", "last_used_at", "expires_at", "revoked_at")
    details = ("created_at",)
    form = ("name", "user", "role", "expires_at")
    filters = ("user", "role", "expires_at")
    search = ("name", "prefix")
    sortable = ("name", "expires_at")
    deeds = (REVOKE,)
    asks_again = True
    empty = _l("No API tokens yet. Make one for each program that is to read or write here.")
    help = {
        "user": _l("The program sees and does what this person may; when the account is deactivated, the token ends."),
        "role": _l("One that the account has, and no other than staff's."),
        "expires_at": _l("At most a year ahead; then make a new one."),
    }
    column_formatters = {"last_used_at": cells.ago}

    @staticmethod
    def born(_session, row, at, _by):
        """The secret: 256 random bits, kept for this answer alone."""
        g.new_token = f"ecrm_{token_urlsafe(32)}"
        api_token.issue(row, g.new_token, at)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Show the form; what was made is shown at once, and never again."""
        answer = super().create_view()
        if request.method == "POST" and getattr(answer, "status_code", None) == 302:
            return self.render("admin/api_token.html", secret=g.new_token, return_url=self.get_url(".index_view"))
        return answer


class ApiAnswerScreen(Screen):
    """Answers kept for a day."""

    model = ApiAnswer
    group = SYSTEM
    columns = ("at", "token", "key")
    filters = ("at",)
    search = ("key",)
    sortable = ("at",)
    sort = ("at", True)
    empty = _l("No answers are kept. The API keeps for a day what it answered to requests with a key, so that none is carried out twice.")

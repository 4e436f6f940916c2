"""Many drafts of bandwidth additions are approved on one page that says what they cost; all of them, or none."""

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from ecrm import policy
from ecrm.admin import conflict, lookup
from ecrm.extensions import db
from ecrm.i18n import gettext as _, ngettext
from ecrm.models import BandwidthGrant, Customer, Subscription
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.rules import approval, move
from ecrm.rules.errors import Refused
from ecrm.rules.lifecycle import Verb

MOST = 500  # drafts on the page


class Approving:
    """The part of the screen of bandwidth additions that approves many."""

    # What the screen brings.
    role: Any
    get_query: Any
    get_url: Any
    render: Any
    extra_needs = {"approve_view": Right.READ}
    list_template = "admin/grants.html"

    def approves(self) -> bool:
        """Return whether the role approves additions."""
        return policy.may_move(self.role, BandwidthGrant, "approve")

    @expose("/approve/", methods=("GET", "POST"))
    def approve_view(self) -> ResponseReturnValue:
        """Show what the drafts cost, those of the address or all of them; approve the chosen ones if nothing stands against any of them."""
        if not self.approves():
            abort(403)
        asked = [number for text in request.values.getlist("rowid")[:MOST] if (number := lookup.whole(text)) is not None]
        chosen = self._drafts(asked if asked or request.method == "POST" else None)
        shares, against = approval.shares(db.session(), chosen), approval.obstacles(db.session(), chosen, now())
        if request.method == "GET":
            return self._page(chosen, chosen, shares, against)
        if not chosen or len(chosen) < len(set(asked)):
            flash(_("Choose at least one row first.") if not asked else _("Somebody else was faster. Please look again."), "error")
        elif against or approval.excess(shares):
            flash(_("Nothing was approved: take out what does not fit."), "error")
        else:
            self._approve([row.id for row in chosen])
            return redirect(self.get_url(".index_view", view="all"))
        shown = self._drafts([number for text in request.form.getlist("shown")[:MOST] if (number := lookup.whole(text)) is not None])
        return self._page(shown, chosen, shares, against), 422

    def _page(self, shown: list[Any], chosen: list[Any], shares: list[Any], against: dict[int, str]) -> str:
        page: str = self.render("admin/approve.html", rows=shown, chosen={row.id for row in chosen}, shares=shares, against=against,
                                excess=approval.excess(shares), return_url=self.get_url(".index_view", view="all"))
        return page

    def _drafts(self, ids: list[int] | None) -> list[BandwidthGrant]:
        """Return the drafts with these ids, the oldest of all where there are none, with all that the page shows."""
        query = self.get_query().filter(BandwidthGrant.status == GrantStatus.DRAFT)
        query = query if ids is None else query.filter(BandwidthGrant.id.in_(ids))
        line = joinedload(BandwidthGrant.subscription)
        loads = (line.joinedload(Subscription.customer).joinedload(Customer.branch), line.joinedload(Subscription.plan), joinedload(BandwidthGrant.rule))
        return list(query.options(*loads).order_by(BandwidthGrant.id).limit(MOST))

    def _approve(self, ids: list[int]) -> None:
        """Approve each in its own transaction; what somebody was faster with meanwhile is named."""
        done, by = 0, current_user._get_current_object()
        for number in ids:
            row = db.session.get(BandwidthGrant, number)
            name = f"{row.subscription.customer}: {row}"
            try:
                move(row, "approve", by, now())
                db.session.commit()
                done += 1
            except (Refused, StaleDataError) as refused:
                db.session.rollback()
                flash(_("%(name)s: %(reason)s", name=name, reason=conflict.reason(refused)), "error")
        flash(ngettext("%(num)s addition approved. The customer is told by e-mail.", "%(num)s additions approved. The customers are told by e-mail.", done), "success")

    def _bulk(self, verb: Verb) -> Any:
        """Lead from the rows chosen in the list to the page that says what they cost."""
        if verb.name != "approve":
            return super()._bulk(verb)  # type: ignore[misc]
        return lambda ids: redirect(self.get_url(".approve_view", rowid=[number for number in ids[:MOST] if lookup.whole(number) is not None]))

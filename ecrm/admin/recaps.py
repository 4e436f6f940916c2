"""The recaps on a role's site: a page for each, for the screen and for paper, its files, and the figures that are kept."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_login import current_user
from wtforms import SelectField, StringField

from ecrm import policy
from ecrm.admin import look, lookup
from ecrm.admin.guard import Door
from ecrm.admin.sidebar import REPORTS
from ecrm.extensions import db
from ecrm.i18n import Form, gettext as _, lazy_gettext as _l
from ecrm.models import Branch, ComplaintCategory, Recap
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.recap import FrozenBecause
from ecrm.policy import Right
from ecrm.reports import charts, files, freezing, period, recaps, words
from ecrm.reports.letterhead import Letterhead, letterhead
from ecrm.reports.recaps import RecapKind
from ecrm.reports.shapes import Opens, Scope, Sheet


class ScopeForm(Form):
    """What a recap is about: two days, or a month or a quarter by a link; a branch and a category."""

    first = StringField(_l("From"))
    last = StringField(_l("Until"))
    month = StringField()
    quarter = StringField()
    branch = SelectField(_l("Branch"))
    category = SelectField(_l("Category"))

    def scope(self, today: Any, zone: ZoneInfo) -> Scope | None:
        """Return the scope, None where a field is wrong, with the reason at the field."""
        try:
            found = period.read({name: field.data for name, field in self._fields.items()}, today, zone)
        except period.BadPeriod as bad:
            self.validate()
            place = bad.field if bad.field in ("first", "last") else "first"
            self._fields[place].errors = [str(bad)]
            return None
        if not self.validate():
            return None
        self.first.data, self.last.data = str(found.first), str(found.last)
        return Scope(found, now(), lookup.whole(self.branch.data or ""), lookup.whole(self.category.data or ""))


class Figures:
    """What the templates of figures ask of a view."""

    admin: Any

    @staticmethod
    def drawings(chart: Any) -> tuple[tuple[str, charts.Picture], ...]:
        """Return (name, geometry) of a chart on a desk and on a phone; the page shows the one that it has room for."""
        return ("wide", charts.picture(chart)), ("narrow", charts.picture(chart, charts.NARROW))

    @staticmethod
    def written(kind: Any, value: Any) -> str:
        """Return a figure as people read it."""
        return words.text(kind, value)

    def address(self, opens: Opens | None) -> str | None:
        """Return the address of the list behind a number, None where the role has no such list."""
        screen = self.admin.screen(opens.model) if opens else None
        return screen.list_address(opens.filters) if screen and opens else None


class RecapView(Figures, Door, BaseView):
    """All recaps of a role."""

    def __init__(self, role: RoleName) -> None:
        """Serve /admin/<role>/recaps/."""
        self.role = role
        super().__init__(name=_l("Recaps"), category=REPORTS, endpoint=f"{role.value}_recaps", url="recaps")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Show which recaps there are."""
        return self.render("admin/recaps.html", recaps=recaps.of(self.role))

    @expose("/<kind>/")
    def show(self, kind: str) -> ResponseReturnValue:
        """Show a recap."""
        recap, form, scope = self._asked(kind, request.args)
        if scope is None:
            return self._page(recap, form, None), 422
        return self._page(recap, form, recap.make(db.session, scope))  # type: ignore[arg-type]

    @expose("/<kind>/<format>/")
    def file(self, kind: str, format: str) -> ResponseReturnValue:
        """Send a recap as csv, xlsx or pdf."""
        recap, form, scope = self._asked(kind, request.args)
        if format not in files.TYPES:
            abort(404)
        if scope is None:
            return self._page(recap, form, None), 422
        sheet = recap.make(db.session, scope)  # type: ignore[arg-type]
        answer = Response(files.make(format, sheet, self.letterhead(scope)), content_type=files.TYPES[format])
        answer.headers.set("Content-Disposition", "attachment", filename=f"{kind}-{scope.period.first}-{scope.period.last}.{format}")
        return answer

    @expose("/<kind>/keep/", methods=("POST",))
    def keep(self, kind: str) -> ResponseReturnValue:
        """Freeze the figures of a recap as they are now."""
        recap, form, scope = self._asked(kind, request.form)
        if not policy.may(self.role, Recap, Right.CREATE):
            abort(403)
        if scope is None:
            return self._page(recap, form, None), 422
        row = freezing.freeze(recap.make(db.session, scope), FrozenBecause.KEPT, now(), current_user._get_current_object())  # type: ignore[arg-type]
        db.session.add(row)
        db.session.commit()
        flash(_("The figures are kept as they are now."), "success")
        return redirect(self.admin.screen(Recap).get_url(f"{self.role.value}_recap.details_view", id=row.id))

    def _asked(self, kind: str, given: Any) -> tuple[RecapKind, ScopeForm, Scope | None]:
        recap = recaps.find(self.role, kind) or abort(404)
        form = ScopeForm(given)
        form.branch.choices = [("", _("all")), *((str(row.id), str(row)) for row in lookup.query(Branch, self.role))]
        categories = lookup.query(ComplaintCategory, self.role) if recap.by_category else ()
        form.category.choices = [("", _("all")), *((str(row.id), str(row)) for row in categories)]
        form.branch.data, form.category.data = form.branch.data or "", form.category.data or ""
        return recap, form, form.scope(look.today(), look.zone())

    def _page(self, recap: RecapKind, form: ScopeForm, sheet: Sheet | None) -> str:
        scope = sheet.scope if sheet else None
        chosen = [("branch", scope.branch_id), ("category", scope.category_id)] if scope else []
        given = {name: str(value) for name, value in chosen if value}
        shown: str = self.render(
            "admin/recap.html", recap=recap, form=form, sheet=sheet, letterhead=self.letterhead(scope) if scope else None,
            near=self._near(scope, given),
            given=given | ({"first": str(scope.period.first), "last": str(scope.period.last)} if scope else {}),
            may_keep=policy.may(self.role, Recap, Right.CREATE),
        )
        return shown

    def _near(self, scope: Scope | None, given: dict[str, str]) -> list[tuple[str, dict[str, str], bool]]:
        """Return (text, arguments, whether it is shown now) of the periods that are asked for most."""
        today = look.today()
        last = today.replace(day=1) - timedelta(days=1)
        asked = [{"month": f"{today:%Y-%m}"}, {"month": f"{last:%Y-%m}"}, {"quarter": f"{today.year}-Q{(today.month + 2) // 3}"},
                 {"first": f"{today.year}-01-01", "last": str(today)}, {"first": str(today - timedelta(days=364)), "last": str(today)}]
        made = [period.read(one, today, look.zone()) for one in asked]
        texts = [words.days(made[0]), words.days(made[1]), _("this quarter"), _("this year"), _("the last 12 months")]
        return [(text, one | given, scope is not None and scope.period == found) for text, one, found in zip(texts, asked, made, strict=True)]

    def letterhead(self, scope: Scope) -> Letterhead:
        """Return what stands above a recap on paper."""
        return letterhead(scope, current_user, places(scope, self.role))


def places(scope: Scope, role: RoleName) -> list[Any]:
    """Return the branch and the category that a report is narrowed to."""
    rows = [(Branch, scope.branch_id), (ComplaintCategory, scope.category_id)]
    found = [lookup.query(model, role).filter(model.id == number).one_or_none() for model, number in rows if number is not None]
    return [row for row in found if row]

"""The week of all technicians: who goes where in which half day, and what is free to plan."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy.orm import joinedload

from ecrm import policy
from ecrm.admin import look, lookup
from ecrm.admin.guard import Door
from ecrm.admin.sidebar import VISITS
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch, Complaint, Installation, Role, User, Visit
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.visit import Half, VisitStatus
from ecrm.rules.appointment import HOURS

MOST = 60  # technicians on a page
SHOWN = (joinedload(Visit.complaint).joinedload(Complaint.customer), joinedload(Visit.installation))


@dataclass
class Slot:
    """A technician's half day: its visits, and the address of the form that plans one, where it is free and not over."""

    day: date
    half: Half
    visits: list[Visit] = field(default_factory=list)
    plan_url: str | None = None

    @property
    def taken(self) -> bool:
        """Return whether a visit is planned."""
        return any(visit.planned for visit in self.visits)


class WeekView(Door, BaseView):
    """The week on a role's site."""

    def __init__(self, role: RoleName) -> None:
        """Serve /admin/<role>/week/."""
        self.role = role
        super().__init__(name=_l("Week"), category=VISITS, endpoint=f"{role.value}_week", url="week")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Show the week of a day, of one branch or of all; where a complaint or an application is named, free half days plan its visit."""
        asked = request.args.get("day", "")
        try:
            day = date.fromisoformat(asked) if asked else look.today()
            days = [day + timedelta(days=number - day.weekday()) for number in range(7)]
            neighbours = day - timedelta(days=7), day + timedelta(days=7)
        except (ValueError, OverflowError):
            abort(404)
        thing = self._thing()
        branches = list(lookup.query(Branch, self.role).filter(Branch.active.is_(True)))
        branch = lookup.whole(request.args["branch"]) if "branch" in request.args else self._place(thing)
        rows = self._rows(days, branch, thing)
        return self.render("admin/week.html", day=day, days=days, neighbours=neighbours, rows=rows, halves=list(Half), hours=HOURS, branches=branches,
                           branch=branch, thing=thing, kept=self._kept(thing), today=look.today())

    def _thing(self) -> Complaint | Installation | None:
        """Return the complaint or the application to plan for, None where the address names none that exists for the person."""
        for name, model in (("complaint", Complaint), ("installation", Installation)):
            number = lookup.whole(request.args.get(name, ""))
            if number is not None and policy.grant(model, self.role):
                return lookup.query(model, self.role).filter(model.id == number).one_or_none()
        return None

    def _kept(self, thing: Any) -> dict[str, Any]:
        """Return the arguments that go along while somebody looks for a half day."""
        return {thing.__tablename__: thing.id} if thing is not None else {}

    def _place(self, thing: Any) -> int | None:
        """Return the branch to begin with: that of what is planned, else the reader's own."""
        if isinstance(thing, Complaint):
            return thing.branch_id
        return thing.area.branch_id if thing is not None else current_user.branch_id

    def _rows(self, days: list[date], branch: int | None, thing: Any) -> list[tuple[User, list[Slot]]]:
        """Return the technicians, that of the complaint first, each with the half days of the week."""
        people = lookup.query(User, self.role).filter(User.active.is_(True), User.roles.any(Role.name == RoleName.TECHNICIAN.value))
        people = people if branch is None else people.filter(User.branch_id == branch)
        found = people.options(joinedload(User.branch)).order_by(None).order_by(User.name).limit(MOST).all()
        first = getattr(thing, "technician_id", None)
        found.sort(key=lambda person: person.id != first)
        week = {(person.id, day, half): Slot(day, half) for person in found for day in days for half in Half}
        query = policy.visible(Visit, self.role, current_user).where(Visit.day.between(days[0], days[-1]), Visit.technician_id.in_([one.id for one in found]))
        for visit in db.session.scalars(query.where(Visit.status != VisitStatus.CANCELLED).options(*SHOWN).order_by(Visit.window_from)):
            week[visit.technician_id, visit.day, visit.half].visits.append(visit)
        self._offer(week, thing)
        return [(person, [week[person.id, day, half] for day in days for half in Half]) for person in found]

    def _offer(self, week: dict[Any, Slot], thing: Any) -> None:
        """Give the half days that are free and not over the address of the form."""
        screen, present, kept = self.admin.screen(Visit), now(), self._kept(thing)
        if not screen.can_create:
            return
        for (person, day, half), slot in week.items():
            if not slot.taken and datetime.combine(day, HOURS[half][1], look.zone()) > present:
                slot.plan_url = screen.get_url(f"{screen.endpoint}.create_view", technician=person, day=day, half=half.value, **kept)

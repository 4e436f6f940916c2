"""The front page of those who have jobs and visits of their own: as a list, as a day, and as what their phone keeps."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import format_date, format_datetime, format_time
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from ecrm import policy
from ecrm.admin import kept_views, look
from ecrm.extensions import db
from ecrm.models import Complaint, Installation, Outage, Visit
from ecrm.models.account import RoleName
from ecrm.models.base import NEVER, now
from ecrm.models.complaint import UNSOLVED
from ecrm.models.visit import VisitStatus
from ecrm.rules import load, outage, queue

MOST = 50  # jobs on a page
WITH_VISITS = (joinedload(Visit.complaint).joinedload(Complaint.customer), joinedload(Visit.complaint).joinedload(Complaint.subscription),
               joinedload(Visit.installation).joinedload(Installation.plan))
NEXT, DAY = "next", "day"


class Rounds:
    """The part of a front page that shows a person's own jobs and visits."""

    role: RoleName
    admin: Any
    render: Any

    @expose()
    def index(self) -> ResponseReturnValue:
        """Show the unsolved jobs, most urgent first, and the visits that are planned, next first."""
        held = load.of(db.session, [current_user])[current_user.id]
        return self._page(NEXT, jobs=self._jobs(), outages=self._outages(), visits=self._visits(), held=held, views=kept_views.on_front(self.admin))

    @expose("/day")
    def day(self) -> ResponseReturnValue:
        """Show one day: what is overdue, visits at their time, jobs in the order in which they are due."""
        asked = request.args.get("day", "")
        try:
            day = date.fromisoformat(asked) if asked else look.today()
            begin = datetime.combine(day, time(), look.zone())
            next_day = begin + timedelta(days=1)
            neighbours = day - timedelta(days=1), day + timedelta(days=1)
        except (ValueError, OverflowError):
            abort(404)
        today, present = day == look.today(), now()
        first = max(begin, present) if today else begin
        in_order = Complaint.clock_due_at, Complaint.id
        due = self._jobs(and_(Complaint.clock_due_at >= first, Complaint.clock_due_at < next_day), order=in_order)
        return self._page(
            DAY, day=day, today=today, neighbours=neighbours, due=due,
            overdue=self._jobs(Complaint.clock_due_at < present) if today else [],
            visits=self._visits(and_(Visit.window_from >= begin, Visit.window_from < next_day)),
        )

    @expose("/kept")
    def kept(self) -> ResponseReturnValue:
        """Return what the person's phone keeps for the time without a network, and a fresh anti-forgery token."""
        found = jsonify(
            token=generate_csrf(), person=current_user.id, as_of=f"{format_date(now(), 'd MMM')} {clock(now())}",
            jobs=[self._kept_job(row) for row in self._jobs()], visits=[self._kept_visit(row) for row in self._visits()],
        )
        found.cache_control.no_store = True
        return found

    def _page(self, view: str, **shown: Any) -> str:
        screens = {"screen": self.admin.screen(Complaint), "visit_screen": self.admin.screen(Visit)}
        page: str = self.render("admin/jobs.html", view=view, clock=clock, day_name=day_name, **screens, **shown)
        return page

    def _jobs(self, wanted: Any = None, order: Any = None) -> list[Complaint]:
        """Return the person's unsolved complaints, the most urgent first unless another order is asked for; an outage stands for its own."""
        query = policy.visible(Complaint, self.role, current_user).where(Complaint.status.in_(UNSOLVED), outage.apart())
        query = query.options(joinedload(Complaint.customer), joinedload(Complaint.category), joinedload(Complaint.subscription))
        query = query if wanted is None else query.where(wanted)
        return list(db.session.scalars(query.order_by(*(order or queue.order(now()))).limit(MOST)))

    def _outages(self) -> list[tuple[Outage, int]]:
        """Return the running outages of the person's place, each with how many of the person's jobs belong to it."""
        rows = db.session.scalars(policy.visible(Outage, self.role, current_user).where(outage.is_running()).order_by(Outage.started_at)).all()
        mine = policy.visible(Complaint, self.role, current_user).where(Complaint.status.in_(UNSOLVED)).subquery()
        counts = dict(db.session.execute(select(mine.c.outage_id, func.count()).group_by(mine.c.outage_id)).all())
        return [(row, counts.get(row.id, 0)) for row in rows]

    def _visits(self, wanted: Any = None) -> list[Visit]:
        """Return the visits that are planned, the next first; with a condition also those that are done."""
        shown = Visit.status == VisitStatus.PLANNED if wanted is None else and_(wanted, Visit.status != VisitStatus.CANCELLED)
        query = policy.visible(Visit, self.role, current_user).where(shown).options(*WITH_VISITS)
        return list(db.session.scalars(query.order_by(Visit.window_from, Visit.id).limit(MOST)))

    # What the phone keeps: the texts of the list, and the addresses and fields of what can be sent

    def _kept_job(self, row: Complaint) -> dict[str, Any]:
        screen, priority, waits = self.admin.screen(Complaint), row.priority, row.clock_due_at == NEVER
        badges = [[f"badge-priority is-{priority.name.lower()}", str(priority)], [f"badge-status is-{row.status.value}", str(row.status)]]
        return self._kept(screen, row) | self._reach(row.customer.phone, place_of(row)) | {
            "title": row.subject, "about": f"{row.category} · {row.number}", "who": row.customer.name, "badges": badges,
            "when": queue.time_left(row, now()) if waits else look.moment(row.clock_due_at),
            "due": None if waits else row.clock_due_at.isoformat(),
            "reply": screen.get_url(f"{screen.endpoint}.reply_view", id=row.id) if screen.may_answer(row) else None,
        }

    def _kept_visit(self, row: Visit) -> dict[str, Any]:
        return self._kept(self.admin.screen(Visit), row) | self._reach(row.phone, row.address) | {
            "title": row.who, "about": f"{row.kind}: {row.about} · {row.number}", "who": row.task, "reply": None, "due": None,
            "badges": [[f"badge-status is-{row.status.value}", str(row.status)]],
            "when": f"{format_datetime(row.window_from, 'EEEE, d MMM HH:mm')}–{clock(row.window_until)}",
        }

    def _kept(self, screen: Any, row: Any) -> dict[str, Any]:
        moves = [{
            "name": verb.name, "label": str(verb.label),
            "url": screen.get_url(f"{screen.endpoint}.move_view", id=row.id, verb=verb.name),
            "fields": [{"name": field.name, "label": str(field.label.text), "needed": field.flags.required is True,
                        "options": [[choice.value, str(choice.label)] for choice in getattr(field, "choices", ())]} for field in form],
        } for verb, form in screen.verb_forms(row)]
        return {"page": screen.get_url(f"{screen.endpoint}.details_view", id=row.id), "moves": moves}

    def _reach(self, phone: str | None, place: str | None) -> dict[str, Any]:
        return {
            "place": place, "phone": phone, "telephone": look.telephone(phone) if phone else None,
            "whatsapp": look.whatsapp(phone) if phone else None, "map": look.map_url(place) if place else None,
        }


def place_of(row: Complaint) -> str | None:
    """Return where the work is: at the subscription's address, else at the customer's."""
    return row.subscription.address if row.subscription else row.customer.address


def clock(at: datetime) -> str:
    """Return the time of day of a moment."""
    return format_time(at, "short")


def day_name(day: date) -> str:
    """Return a day with its weekday."""
    return format_date(day, "EEEE, d MMMM")

"""`flask demo`: every row as the rules would have left it, every state and role, the known logins, and where it refuses."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text

from ecrm import policy
from ecrm.cli.data import seed_folder
from ecrm.extensions import db
from ecrm.letters.rendering import render
from ecrm.models import (
    BandwidthGrant, Branch, Complaint, Counter, Customer, Escalation, Installation, Letter, Outage, Promo, PromoRequest, Reply, Role, SavedView, Step, Subscription,
    User, Visit, TABLES,
)
from ecrm.models.account import RoleName, roles_users
from ecrm.models.bandwidth import GrantReason, GrantStatus
from ecrm.models.base import now
from ecrm.models.branch import TimeZone
from ecrm.models.complaint import UNSOLVED, ComplaintStatus as S
from ecrm.models.escalation import Level, Target
from ecrm.models.installation import InstallationStatus
from ecrm.models.letter import LetterState
from ecrm.models.plan import Audience
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.models.visit import Half, VisitStatus
from ecrm.rules import escalation
from ecrm.rules.complaint import enter
from ecrm.rules.customer import admit
from ecrm.rules.errors import FactMissing, NotNow
from ecrm.rules.facts import facts
from ecrm.seeds.accounts import DEMO_LOGINS, DEMO_PASSWORD, demo_logins_exist
from ecrm.seeds.demo import acts, additions, appointments, cast, visits, wishes
from ecrm.seeds.demo.company import gather
from ecrm.seeds.demo.crowd import make
from ecrm.seeds.demo.staff import hire
from ecrm.seeds.demo.story import Story
from ecrm.seeds.load import load_seeds
from tests.a_year import COMPLAINTS, CUSTOMERS, fill
from tests.conftest import BACKENDS
from tests.projection import project
from tests.staff import Page
from tests.world import one


@pytest.fixture(scope="module", params=BACKENDS)
def made(request, make_app):
    """An application with a demo company on each database."""
    return fill(make_app(request.param))


@pytest.fixture
def demo(made):
    """The same, for reading."""
    with made.app_context():
        yield made


def count(model, *conditions):
    """Return how many rows of a table meet the conditions."""
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_as_many_as_asked_for(demo):
    """The numbers of the command line are the numbers of rows."""
    assert (count(Customer), count(Complaint)) == (CUSTOMERS, COMPLAINTS)


def test_the_trail_tells_every_complaint(demo):
    """Status, resolution, closing and reopenings are what the steps say, and each step begins where the last ended."""
    steps = {}
    for step in db.session.scalars(select(Step).filter_by(table="complaint").order_by(Step.id)):
        steps.setdefault(step.row_id, []).append(step)
    for row in db.session.scalars(select(Complaint)):
        trail = steps[row.id]
        seen = project(trail)
        assert seen == {key: getattr(row, key) for key in seen}, row.number
        assert trail[0].action == "create" and trail[0].at == row.opened_at
        assert [step.from_status for step in trail[1:]] == [step.to_status for step in trail[:-1]]
        assert [step.at for step in trail] == sorted(step.at for step in trail)
        assert row.version == len(trail)


@pytest.mark.parametrize("model", [Customer, Subscription, BandwidthGrant, Installation])
def test_the_trail_tells_the_other_lifecycles(demo, model):
    """The last step of every row with a status leads to the status that it has."""
    last = {}
    for step in db.session.scalars(select(Step).filter_by(table=model.__tablename__).order_by(Step.id)):
        last[step.row_id] = step.to_status
    assert last == {row.id: row.status.value for row in db.session.scalars(select(model))}


@pytest.mark.parametrize("column", [
    Complaint.status, Customer.status, Subscription.status, BandwidthGrant.status, Installation.status, Complaint.channel,
    Complaint.priority, BandwidthGrant.reason,
], ids=str)
def test_every_state_is_there(demo, column):
    """A list filtered by any state shows something."""
    kind = getattr(column.type, "enum_class", None) or type(db.session.scalar(select(column).limit(1)))
    assert set(db.session.scalars(select(column).distinct())) == set(kind)


def test_repeats_are_what_the_moves_say(demo):
    """Counted again from the trail: entered about the same in the 30 days before, and not cancelled.

    One that was cancelled later may count: whoever entered the next one could not know.
    """
    entered = {step.row_id: step.at for step in db.session.scalars(select(Step).where(Step.table == "complaint", Step.action == "create"))}
    cancelled = {step.row_id: step.at for step in db.session.scalars(select(Step).where(Step.table == "complaint", Step.action == "cancel"))}
    about: dict[tuple[int, int], list[int]] = {}
    for row in db.session.scalars(select(Complaint)):
        about.setdefault((row.customer_id, row.category_id), []).append(row.id)
    found = 0
    for row in db.session.scalars(select(Complaint)):
        at = entered[row.id]
        before = [other for other in about[row.customer_id, row.category_id] if at - timedelta(days=30) <= entered[other] < at]
        most = sum(other not in cancelled or cancelled[other] > at for other in before)
        least = sum(other not in cancelled for other in before)
        assert least <= row.repeats <= most, row.number
        found += least > 0
    assert found > 10


def test_every_role_logs_in(demo):
    """One known login for each role, with one password that works."""
    assert {role for role, _, _ in DEMO_LOGINS} == set(RoleName)
    for role, email, password in DEMO_LOGINS:
        user = db.session.scalars(select(User).filter_by(email=email)).one()
        assert user.role_names == (role,) and user.verify_and_update_password(password) and user.confirmed_at
    assert demo_logins_exist(db.session()) and len(DEMO_PASSWORD) >= 10


def test_only_staff_and_the_demos_customer_have_the_known_password(demo):
    """The other customers' accounts open by “forgot password” alone."""
    known = select(User.email).where(User.password.is_not(None))
    assert all(email.endswith("@demo.example") for email in db.session.scalars(known))
    assert count(User, User.password.is_(None)) > 5


def test_the_demos_customer_has_a_history(demo):
    """Something unsolved, something resolved that waits for a rating, something closed, and more bandwidth."""
    customer = db.session.scalars(select(Customer).join(Customer.user).where(User.email == "customer@demo.example")).one()
    rows = list(db.session.scalars(select(Complaint).filter_by(customer_id=customer.id)))
    assert {row.status for row in rows} >= {S.NEW, S.IN_PROGRESS, S.WAITING_CUSTOMER, S.RESOLVED, S.CLOSED}
    assert [row.rating for row in rows if row.status is S.RESOLVED] == [None]
    assert any(row.reopen_count for row in rows)
    own = BandwidthGrant.subscription_id == customer.subscriptions[0].id
    assert count(BandwidthGrant, own, BandwidthGrant.status == GrantStatus.ACTIVE, BandwidthGrant.valid_until > now().date()) == 1


def test_the_demos_technician_has_a_day(demo):
    """Six to eight unsolved jobs of different urgency, some of them late, and visits."""
    technician = db.session.scalars(select(User).filter_by(email="technician@demo.example")).one()
    jobs = list(db.session.scalars(select(Complaint).where(Complaint.technician_id == technician.id, Complaint.status.in_(UNSOLVED))))
    assert 6 <= len(jobs) <= 8 and len({job.priority for job in jobs}) >= 3
    assert 1 <= sum(job.resolution_due_at < now() for job in jobs) <= 3
    assert count(Installation, Installation.technician_id == technician.id, Installation.status == InstallationStatus.SCHEDULED) >= 2


def test_it_is_a_live_day(demo):
    """Complaints of the last hours, work for every technician, late ones, reopened ones, rated ones; nothing of tomorrow."""
    assert count(Complaint, Complaint.opened_at > now() - timedelta(hours=6)) >= 5
    technicians = select(roles_users.c.user_id).join(Role, Role.id == roles_users.c.role_id).where(Role.name == "technician")
    jobs = dict(db.session.execute(
        select(Complaint.technician_id, func.count()).where(Complaint.status.in_(UNSOLVED)).group_by(Complaint.technician_id)).all())
    assert all(jobs.get(number, 0) >= 1 for number in db.session.scalars(technicians))
    assert count(Complaint, Complaint.status.in_(UNSOLVED), Complaint.resolution_due_at < now()) >= 3
    assert count(Complaint, Complaint.reopen_count > 0) >= 5 and count(Complaint, Complaint.rating_remark.is_not(None)) >= 10
    for moment in (Complaint.opened_at, Complaint.resolved_at, Complaint.closed_at, Reply.at, Step.at, Letter.sent_at):
        assert count(moment.class_, moment > now()) == 0
    assert db.session.scalar(select(func.min(Complaint.opened_at))) < now() - timedelta(days=900)


def test_texts_are_complete(demo):
    """No place of the corpus stays unfilled, nothing is blank."""
    for column in (Complaint.subject, Complaint.description, Reply.text, Step.reason):
        texts = set(db.session.scalars(select(column).where(column.is_not(None))))
        assert len(texts) > 20 and not [text for text in texts if "{" in text or not text.strip()]


def test_letters_are_sent_and_recent(demo):
    """The worker finds nothing to send, so that nobody gets a letter of the demo."""
    assert count(Letter) > 50 and count(Letter, Letter.state == LetterState.QUEUED) == 0
    assert count(Letter, Letter.queued_at < now() - timedelta(days=22)) == 0
    assert all(email.endswith(".example") for email in db.session.scalars(select(Letter.to_email).distinct()))


def test_letters_can_be_sent_again(demo):
    """A letter of the demo knows what the rules would have told, so that its template can be filled."""
    seen = set()
    for letter in db.session.scalars(select(Letter)):
        if letter.template not in seen:
            seen.add(letter.template)
            row = db.session.get(TABLES[letter.data["table"]], letter.data["id"])
            assert letter.data.keys() >= facts(row).keys() and letter.data["zone"] == facts(row)["zone"]
            assert render(letter).text
    assert len(seen) > 10


def test_foreign_keys_hold(demo):
    """Bulk inserts point at rows that exist."""
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            other = key.column.table.alias()
            lost = select(func.count()).select_from(table.outerjoin(other, key.parent == other.c[key.column.name])).where(
                key.parent.is_not(None), other.c[key.column.name].is_(None))
            assert db.session.scalar(lost) == 0, key


def test_new_numbers_go_on(demo):
    """The next complaint and the next customer get numbers that nobody has."""
    month = f"{now() + timedelta(hours=7):KL-%Y%m}"
    numbers = sorted(db.session.scalars(select(Complaint.number).where(Complaint.number.startswith(month))))
    assert numbers == [f"{month}-{n:06d}" for n in range(1, len(numbers) + 1)]
    customer = db.session.scalars(select(Customer).limit(1)).one()
    category = db.session.scalars(select(Complaint).limit(1)).one().category
    row = enter(db.session(), Complaint(customer=customer, category=category, subject="Baru", description="Baru."), now())
    assert row.number == f"{month}-{len(numbers) + 1:06d}"
    newcomer = admit(db.session(), Customer(name="Baru", phone="+62811", address="-", branch=customer.branch, since=now().date()))
    assert newcomer.number == f"PLG-{CUSTOMERS + 1:06d}"
    db.session.rollback()


def everything(app):
    """Return all rows of all tables, passwords left out."""
    with app.app_context():
        return {
            table.name: [tuple(row) for row in db.session.execute(
                select(*[column for column in table.c if column.name not in ("password", "mf_recovery_codes")]).order_by(*table.primary_key))]
            for table in db.metadata.sorted_tables if table.name != "step"
        } | {"step": [tuple(row) for row in db.session.execute(select(Step.__table__).where(Step.table == "complaint"))]}


def test_the_same_seed_gives_the_same_company(make_app):
    """And another seed another one, at the same moment."""
    at = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    first, second, other = (everything(fill(make_app(), seed=seed, at=at)) for seed in (7, 7, 8))
    assert first == second
    assert first["customer"] != other["customer"] and first["complaint"] != other["complaint"]


@pytest.mark.parametrize("hour", [1, 12, 22])
def test_it_works_at_any_hour(make_app, hour):
    """Also at night and early in the morning, when nobody is at work."""
    app = fill(make_app(), at=datetime(2026, 2, 28, hour, 30, tzinfo=UTC))
    with app.app_context():
        assert count(Complaint) == COMPLAINTS and len(set(db.session.scalars(select(Complaint.status)))) == len(S)


OWN = {
    "branches.csv": "code,name,city,address,phone,time_zone,active\nAMB,Ambon,Ambon,Jl. Pattimura 1,0911 123456,WIT,yes\n",
    "areas.csv": "branch,name,postcode,coverage\nAMB,Sirimau,97121,{coverage}\n",
    "plans.csv": "code,name,down_mbps,up_mbps,monthly_price,on_sale\nSATU,Satu,10,5,200000,yes\n",
    "categories.csv": "code,name,name_en,priority,response_hours,resolution_hours,active\nAPA,Apa saja,Anything,normal,4,24,yes\n",
}


@pytest.mark.parametrize("coverage", ["covered", "planned"])
def test_it_builds_on_the_operators_own_seeds(make_app, tmp_path, coverage):
    """One branch in another zone, one plan, one category are enough; without a connected area it says so."""
    for name, content in OWN.items():
        (tmp_path / name).write_text(content.format(coverage=coverage), encoding="utf-8")
    app = make_app()
    with app.app_context():
        assert not load_seeds(db.session(), tmp_path).problems
        db.session.add(Counter(name="PLG", value=3))  # numbers that were given to customers who are gone
        db.session.add(Promo(code="SETIA", title="Milik sendiri", text="x", valid_from=now().date(), valid_until=now().date() + timedelta(days=9)))
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["demo", "--customers", "10", "--complaints", "30"])
    assert result.exit_code == (0 if coverage == "covered" else 1), result.output
    with app.app_context():
        assert count(Complaint) == (30 if coverage == "covered" else 0)
        assert one(Counter, name="PLG").value == 3 + count(Customer) and count(Customer, Customer.number <= "PLG-000003") == 0
        assert one(Promo, code="SETIA").title == "Milik sendiri"


def test_it_refuses_where_customers_are(app):
    """A company that works is not mixed with invented people."""
    with app.app_context():
        before = count(Customer)
    result = app.test_cli_runner().invoke(args=["demo", "--customers", "10", "--complaints", "30"])
    assert result.exit_code == 1 and "Traceback" not in result.output
    with app.app_context():
        assert count(Customer) == before and not demo_logins_exist(db.session())


def test_it_refuses_what_is_half_seeded(make_app):
    """Without roles nobody could log in: the files come first."""
    app = make_app(LANGUAGE="en")
    with app.app_context():
        db.session.add(Branch(code="AMB", name="Ambon", city="Ambon", address="-", phone="+62911", time_zone=TimeZone.WIT))
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["demo", "--customers", "10", "--complaints", "30"])
    assert result.exit_code == 1 and "flask --app ecrm seed" in result.output
    with app.app_context():
        assert count(User) == 0


AT = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded(make_app):
    """An application with the project's seeds."""
    app = make_app()
    with app.app_context():
        load_seeds(db.session(), seed_folder())
        db.session.commit()
    return app


@pytest.fixture
def making(seeded):
    """A company in the making, and its crowd: staff and ten customers are there, and go again."""
    with seeded.app_context():
        company = gather(db.session(), 7, AT)
        hashed, roles = hire(db.session(), company, 10, 30)
        yield company, make(company, 10, hashed, roles[RoleName.CUSTOMER], lambda done: None)
        db.session.rollback()


@pytest.mark.parametrize(("ago", "status"), [
    (timedelta(minutes=20), None), (timedelta(minutes=45), GrantStatus.DRAFT), (timedelta(days=10), GrantStatus.ACTIVE), (timedelta(days=28), GrantStatus.ACTIVE),
    (timedelta(days=120), GrantStatus.EXPIRED),
])
def test_what_made_good_for_waiting(making, ago, status):
    """It begins half an hour after the end of the wait, and is as far today as the rules had brought it."""
    company, crowd = making
    additions.compensate(company, SimpleNamespace(row=SimpleNamespace(resolved_at=AT - ago, id=None), caller=crowd.caller(1)))
    company.bulk.close()
    found = list(db.session.scalars(select(BandwidthGrant)))
    assert [(row.status, row.reason) for row in found] == ([(status, GrantReason.COMPENSATION)] if status else [])
    steps = list(db.session.scalars(select(Step).where(Step.table == "bandwidth_grant").order_by(Step.id)))
    assert all(step.at <= AT for step in steps) and (not status or steps[-1].to_status == status.value)


def test_a_wish_that_nobody_could_answer_yet(making):
    """What was asked for a minute ago waits, whatever would have come of it."""
    company, crowd = making
    caller = crowd.caller(crowd.hero)
    wishes._ask(company, caller, db.session.scalars(select(Promo).limit(1)).one(), PromoRequestStatus.ACCEPTED, AT - timedelta(minutes=1))
    company.bulk.close()
    assert one(PromoRequest, customer_id=caller.id).status is PromoRequestStatus.REQUESTED


def test_who_calls_where_few_are(making):
    """Somebody who has a connection, and not the demo's own login: on a day before the first customer's, and from a branch that has none."""
    company, crowd = making
    early = crowd.draw(AT - timedelta(days=9000))
    technician = company.places[0].technicians[0]._replace(place=99)
    elsewhere = cast._caller(crowd, cast.Part(AT, S.ASSIGNED, technician=technician))
    for caller in (early, elsewhere):
        assert caller.subscription and caller.id != crowd.caller(crowd.hero).id


def test_chosen_jobs_differ_in_urgency_whatever_the_dice_say(making):
    """The technician's day has an urgent, a high and a normal job on every date."""
    company, crowd = making
    mine = company.places[0].technicians[0]
    chosen = [part for part in cast.parts(company, 300) if part.technician is mine and part.code]
    usual = {kind.code: kind.priority for kind in company.kinds}
    assert len({usual[part.code] for part in chosen}) >= 3
    for seed in range(25):
        company.rng.seed(seed)
        assert [cast.play(company, crowd, part).row.priority for part in chosen] == [usual[part.code] for part in chosen]


def test_the_rules_hold_for_the_demo_too(making):
    """What a lifecycle refuses is refused, and nothing happens in the future: neither a move nor a rating."""
    company, crowd = making
    story = Story(company, crowd.caller(1), company.kinds[0], AT - timedelta(hours=1))
    by, before = acts.worker(story.clerk), dict(vars(story.row))
    for verb, at, refusal in (("reopen", AT, NotNow), ("cancel", AT, FactMissing), ("cancel", AT + timedelta(seconds=1), acts.NotYet)):
        with pytest.raises(refusal):
            acts.move(company, story.subject, verb, by, at)
    story.at = AT + timedelta(seconds=1)
    for act in (lambda: story.rate(5, None), lambda: story.say(by, "Halo")):
        with pytest.raises(acts.NotYet):
            act()
    assert vars(story.row) == before


def test_no_technician_is_promised_twice(making):
    """A half day that is taken is not given again: the appointment is a later one."""
    company, crowd = making
    taken = {(person.id, f"{AT + timedelta(days=day):%Y-%m-%d}", half) for person in company.staff[RoleName.TECHNICIAN] for day in range(-1, 8) for half in Half}
    company.booked |= taken
    visits.connect(company, crowd, 24)
    company.bulk.close()
    found = [(row.technician_id, f"{row.day:%Y-%m-%d}", row.half) for row in db.session.scalars(select(Visit).filter_by(status=VisitStatus.PLANNED))]
    assert len(found) >= 3 and not set(found) & taken and len(set(found)) == len(found)


def test_it_refuses_in_production(make_app):
    """Known passwords have no place there."""
    app = make_app(PROFILE="production", HTTPS_COOKIES=True, PUBLIC_URL="https://care.example.net")
    result = app.test_cli_runner().invoke(args=["demo", "--customers", "10", "--complaints", "30"])
    assert result.exit_code == 1 and "ECRM_PROFILE" in result.output
    with app.app_context():
        assert count(User) == 0


def test_the_command_seeds_an_empty_database(make_app):
    """One command is enough, and it prints the logins."""
    app = make_app()
    result = app.test_cli_runner().invoke(args=["demo", "--customers", "10", "--complaints", "30"])
    assert result.exit_code == 0, result.output
    for _, email, password in DEMO_LOGINS:
        assert email in result.output and password in result.output
    with app.app_context():
        assert (count(Customer), count(Complaint)) == (10, 30) and count(Promo) >= 6


def test_the_escalations_are_those_of_the_worker(demo):
    """Each target that came near or was missed is told once, within the minute, and the worker finds nothing left to tell."""
    found = list(db.session.scalars(select(Escalation)))
    assert {(row.target, row.level) for row in found} == {(target, level) for target in Target for level in Level}
    assert len({(row.complaint_id, row.target, row.level, row.round) for row in found}) == len(found)
    for row in found:
        case = row.complaint
        assert case.opened_at < row.at <= now() and row.round <= case.reopen_count
        assert (row.due_at < row.at) == (row.level is Level.MISSED)
        if row.target is Target.RESPONSE:
            assert case.first_response_at is None or row.at <= case.first_response_at
        elif row.round == case.reopen_count and case.resolved_at:
            assert row.at <= case.resolved_at
    missed = {row.complaint_id for row in found if row.level is Level.MISSED}
    late = [row for row in db.session.scalars(select(Complaint).where(Complaint.resolved_at > Complaint.resolution_due_at))]
    assert late and {row.id for row in late if row.resolved_at > row.resolution_due_at + timedelta(minutes=1)} <= missed
    assert list(db.session.scalars(escalation.untold(now() - timedelta(minutes=3)))) == []
    told = {letter.template for letter in db.session.scalars(select(Letter).where(Letter.template.in_(
        ("complaint_near_support", "complaint_near_technician", "complaint_missed_manager"))))}
    assert told


def test_promo_requests_in_every_state(demo):
    """Customers asked for what was theirs to ask for, while it ran, each once; who waits has waited two days at most."""
    found = list(db.session.scalars(select(PromoRequest)))
    assert {row.status for row in found} == set(PromoRequestStatus)
    assert len({(row.customer_id, row.promo_id) for row in found}) == len(found)
    for row in found:
        day = row.requested_at.date()
        assert row.customer.user_id and row.promo.published and row.promo.audience is not Audience.NEW
        assert row.promo.valid_from <= day <= row.promo.valid_until
        assert (row.answered_at is None) == (row.status is PromoRequestStatus.REQUESTED)
        assert row.answered_at or now() - row.requested_at < timedelta(days=3)


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.MANAGER, RoleName.TECHNICIAN])
def test_saved_views_open_their_lists(made, role):
    """The known login has a view of its own and one of a colleague; each opens its list with the filters that it names."""
    client = made.test_client()
    login = next(address for login_role, address, _ in DEMO_LOGINS if login_role is role)
    client.send("/login", {"email": login, "password": DEMO_PASSWORD})
    with made.app_context():
        user = one(User, email=login)
        rows = [(row.table, row.query, row.owner_id == user.id) for row in db.session.scalars(policy.visible(SavedView, role, user))]
    assert {own for _table, _query, own in rows} == {True, False}
    for table, query, _own in rows:
        page = client.get(f"/admin/{role.value}/{table}/?{query}")
        assert page.status_code == 200 and len(Page(page).all("a", **{"class": "chip"})) >= query.count("flt")
        assert "alert-danger" not in page.get_data(as_text=True)


def test_nobody_came_for_what_was_solved_within_the_hour():
    """There was no time to drive there; nor is anything booked."""
    opened = now() - timedelta(days=3)
    for number in range(1, 40):  # the dice, which are thrown by the number, spare most complaints a visit
        row = SimpleNamespace(id=number, opened_at=opened, resolved_at=opened + timedelta(minutes=45), status=S.CLOSED)
        appointments.of_story(SimpleNamespace(now=now()), SimpleNamespace(row=row, technician=SimpleNamespace(id=1), place=None))


def test_outages_that_run_are_over_or_were_none(demo):
    """One runs now, others were restored after they began, one was a mistake and has no complaints; those linked came meanwhile from the area."""
    rows = {row.status.value: row for row in db.session.query(Outage)}
    assert {"restored", "cancelled"} <= set(rows)
    assert db.session.query(Outage).filter_by(status="open").count() <= 1
    for row in db.session.query(Outage):
        linked = db.session.query(Complaint).filter_by(outage_id=row.id).all()
        assert all(one.customer.area_id == row.area_id and one.opened_at >= row.started_at for one in linked)
        assert bool(linked) is (row.status.value != "cancelled") and row.affected > 0
        assert row.restored_at is None or all(one.opened_at < row.restored_at for one in linked)

"""The API as a program meets it: who comes in, what it may see and do, and that nothing is done twice."""

from datetime import date, timedelta

import pytest
from limits.errors import StorageError
from sqlalchemy import inspect, select

from ecrm import housekeeping, policy
from ecrm.api import once
from ecrm.api.door import MOST
from ecrm.api.resources import REPLIES, RESOURCES
from ecrm.extensions import db
from ecrm.models import (
    AccessEvent, ApiAnswer, ApiToken, BandwidthGrant, Complaint, Customer, Letter, Reply, Step, Subscription, User, Visit,
)
from ecrm.models.access_event import AccessKind
from ecrm.models.account import STAFF, RoleName
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.step import Via
from ecrm.row_by_row import Hand
from ecrm.rules import move, period
from tests.conftest import ONE_DATABASE
from tests.staff import meanwhile
from tests.sweep import SCREEN_OF
from tests.test_visits import planned
from tests.world import bearer, email, one

V1 = "/api/v1"
NEW = {"customer_id": 1, "category_id": 1, "subscription_id": 1, "subject": "Mati", "description": "Lampu LOS merah."}
LEFT_OUT = {  # columns that the API never shows: whose account it is, and what only our own machinery reads
    Complaint: {"token", "response_hours", "resolution_hours", "clock", "clock_due_at", "clock_warn_at", "waiting_since", "outage_told"},
    Customer: {"user_id"}, BandwidthGrant: {"granted_by_id", "ending_told_at"}, Reply: {"client_key", "outage_id"},
}


@pytest.fixture
def ask(app):
    """Return a function that sends a request with the token of one of the staff."""
    client = app.test_client()

    def send(method, path, person="support", **options):
        headers = {"Authorization": f"Bearer {bearer(person)}", "Accept-Language": "en"} | options.pop("headers", {})
        return client.open(f"{V1}{path}", method=method, headers=headers, **options)

    return send


def problem(answer, status):
    """Return the problem of a refused request; it says nothing in HTML, and sets no cookie."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.get_data(as_text=True)
    assert answer.json["status"] == status and answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert "Set-Cookie" not in answer.headers
    return answer.json


# Who comes in

def test_a_token_is_made_shown_once_and_revoked(app, browser, ask):
    """The page that follows shows it; we keep its hash; revoked, it opens nothing."""
    boss, base = browser("administrator"), "/admin/administrator/api_token"
    with app.app_context():
        person = one(User, email=email("support")).id
    typed = {"name": "NOC", "user": person, "role": "support", "expires_at": f"{date.today() + timedelta(days=30)}T08:00"}
    answer = boss.send(f"{base}/new/", typed)
    secret = answer.get_data(as_text=True).split('id="token"')[1].split(">")[1].split("<")[0]
    assert answer.status_code == 200 and secret.startswith("ecrm_") and len(secret) > 45
    hello = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert ask("GET", "/complaints", **hello).status_code == 200
    with app.app_context():
        row = one(ApiToken, name="NOC")
        assert row.last_used_at is not None and secret not in (row.hash, row.prefix)
        assert not any(secret in str(step.after) or row.hash in str(step.after) for step in db.session.scalars(select(Step)))
    assert secret not in boss.get(f"{base}/").get_data(as_text=True)
    assert boss.send(f"{base}/move/?id={row.id}&verb=revoke").status_code == 302
    problem(ask("GET", "/complaints", **hello), 401)


@ONE_DATABASE
@pytest.mark.parametrize(("field", "value"), [("role", "technician"), ("role", "customer"), ("expires_at", "2020-01-01T00:00"), ("user", "999999")])
def test_a_token_is_only_for_staff_in_their_role(app, browser, field, value):
    """Neither a role that the account has not, nor one that is over already."""
    with app.app_context():
        person = one(User, email=email("support")).id
    typed = {"name": "X", "user": person, "role": "support", "expires_at": f"{date.today() + timedelta(days=30)}T08:00"} | {field: value}
    answer = browser("administrator").send("/admin/administrator/api_token/new/", typed)
    assert answer.status_code == 200 and 'id="token"' not in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(ApiToken).filter_by(name="X")).first() is None


def test_who_is_not_let_in(app, ask, browser):
    """No token, a wrong one, a cookie alone, one that ran out, of a deactivated account or a lost role; and it is on record."""
    for header in ("", "Bearer", "Bearer ecrm_x", f"Basic {bearer('support')}", f"Bearer {bearer('support')}x"):
        said = problem(ask("GET", "/complaints", headers={"Authorization": header}), 401)
        assert said["detail"] == "This needs a valid API token."
    person = browser("support")
    assert problem(person.get(f"{V1}/complaints"), 401) and problem(person.send(f"{V1}/complaints", {}), 401)
    with app.app_context():
        assert one(AccessEvent, kind=AccessKind.TOKEN, request_id=said["request_id"]).rule == "/api/v1/complaints"
        one(ApiToken, name="Program manager").expires_at = now()
        one(User, email=email("sales")).active = False
        person = one(User, email=email("support"))
        person.roles.clear()
        db.session.commit()
    for person in ("manager", "sales", "support"):
        problem(ask("GET", "/customers", person), 401)
    assert ask("GET", "/complaints", "technician").status_code == 200


@ONE_DATABASE
def test_too_often(app, ask):
    """Each token has its own count; headers say what is left, and when to come back."""
    first = ask("GET", "/plans")
    assert first.headers["RateLimit"].startswith('"token";r=299;') and first.headers["RateLimit-Policy"] == '"token";q=300;w=60'
    limiter = app.extensions["throttle"].limiter
    with app.app_context():
        number = one(ApiToken, name="Program support").id
    limiter.hit(MOST, "api token", str(number), cost=299)
    answer = ask("GET", "/plans")
    assert problem(answer, 429) and 1 <= int(answer.headers["Retry-After"]) <= 60
    assert ask("GET", "/plans", "manager").status_code == 200


@ONE_DATABASE
def test_nobody_is_kept_out_because_nobody_counts(app, ask, monkeypatch):
    """The store of the counts is away."""
    def away(*_args, **_more):
        raise StorageError(ConnectionError("away"))

    monkeypatch.setattr(app.extensions["throttle"].limiter, "hit", away)
    answer = ask("GET", "/plans")
    assert answer.status_code == 200 and "RateLimit" not in answer.headers


# What is read

@ONE_DATABASE
@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_the_policy_says_what_is_read(app, ask, role):
    """Rows and columns of every table are the policy's; what is out of scope is not found, what is hidden is no parameter either."""
    for resource in RESOURCES:
        found = policy.grant(resource.model, role)
        answer = ask("GET", f"/{resource.name}?limit=200", role.value)
        if found is None:
            problem(answer, 403), problem(ask("GET", f"/{resource.name}/1", role.value), 403)
            continue
        with app.app_context():
            mine = set(db.session.scalars(policy.visible(resource.model, role, one(User, email=email(role.value))).with_only_columns(resource.model.id)))
            every = set(db.session.scalars(select(resource.model.id)))
        assert {item["id"] for item in answer.json["items"]} == mine
        for item in answer.json["items"]:
            assert not set(item) & found.hidden and set(item) <= set(resource.fields)
        for number in every - mine:
            problem(ask("GET", f"/{resource.name}/{number}", role.value), 404)
        for name in found.hidden & set(inspect(resource.model).columns.keys()):
            problem(ask("GET", f"/{resource.name}?{name}=1", role.value), 400)


def test_every_column_is_shown_or_left_out_on_purpose():
    """A new column of these tables is in `fields` of ecrm/api/resources.py, or in LEFT_OUT here."""
    for resource in (*RESOURCES[:4], REPLIES):
        assert set(inspect(resource.model).columns.keys()) == set(resource.fields) | LEFT_OUT.get(resource.model, set()), resource.name


def test_the_api_writes_what_the_forms_write():
    """The same fields, and as many checks; period.check is every screen's that has days."""
    for resource in RESOURCES[:4]:
        screen = SCREEN_OF[resource.model]
        for mine, theirs in ((resource.create, screen.form_create or screen.form), (resource.edit, screen.form_edit or screen.form)):
            assert {name.removesuffix("_id") for name in mine} == set(theirs), resource.name
        assert len(set(resource.checks) - {period.check}) == len(screen.checks), resource.name


def test_pages_go_on_behind_the_last_row(ask):
    """Every row once, in both directions; a cursor is good for its direction alone."""
    for sort in ("id", "-id"):
        seen, cursor = [], ""
        while cursor is not None:
            page = ask("GET", f"/customers?limit=1&sort={sort}{f'&cursor={cursor}' if cursor else ''}").json
            seen += [row["id"] for row in page["items"]]
            cursor = page["next"]
        assert seen == sorted(seen, reverse=sort == "-id") and len(seen) == 4
    cursor = ask("GET", "/customers?limit=1").json["next"]
    for wrong in (f"sort=-id&cursor={cursor}", "cursor=x", "cursor=", "limit=0", "limit=201", "limit=-1", "limit=9" * 30, "sort=name", "status=' OR 1=1", "opened_since=1",
                  "changed_since=2020-01-01T00:00:00Z", "changed_since=9999-99-99", "version=1", "branch_id=1 OR 1"):
        assert problem(ask("GET", f"/customers?{wrong}"), 400)["errors"], wrong


def test_filters(app, ask):
    """By status, customer and number, since when it is open, and what changed."""
    assert [row["number"] for row in ask("GET", "/customers?phone=0812 000 0001").json["items"]] == ["PLG-000001"]
    assert {row["status"] for row in ask("GET", "/complaints?status=assigned").json["items"]} == {"assigned"}
    assert [row["id"] for row in ask("GET", "/complaints?customer_id=2").json["items"]] == [2]
    moment = now().isoformat().replace("+", "%2B")
    assert ask("GET", f"/complaints?opened_since={moment}").json["items"] == []
    with app.app_context():
        start = now().isoformat().replace("+00:00", "Z")
    ask("POST", "/complaints/3/moves", json={"verb": "cancel", "reason": "Salah"})
    assert [row["id"] for row in ask("GET", f"/complaints?changed_since={start}").json["items"]] == [3]


@ONE_DATABASE
def test_replies_are_those_that_the_role_reads(ask):
    """Of own jobs alone."""
    assert [row["public"] for row in ask("GET", "/complaints/1/replies", "technician").json["items"]] == [True, False]
    problem(ask("GET", "/complaints/2/replies", "technician"), 404)
    problem(ask("POST", "/complaints/2/replies", "technician", json={"text": "Hai"}), 404)
    problem(ask("POST", "/complaints/2/moves", "technician", json={"verb": "start"}), 404)
    problem(ask("POST", "/complaints/1/replies", "manager", json={"text": "Hai"}), 403)


@ONE_DATABASE
def test_what_has_not_changed_is_not_sent_again(ask):
    """The version is the ETag."""
    tag = ask("GET", "/complaints/1").headers["ETag"]
    assert ask("GET", "/complaints/1", headers={"If-None-Match": tag}).status_code == 304


# What is written

def test_a_complaint_is_entered_as_by_the_form(app, ask):
    """Number, targets, letters and the trail, which says who and through which door."""
    answer = ask("POST", "/complaints", json=NEW)
    assert answer.status_code == 201 and answer.headers["Location"] == f"{V1}/complaints/{answer.json['id']}"
    assert ask("GET", answer.headers["Location"].removeprefix(V1)).json == answer.json
    with app.app_context():
        row = db.session.get(Complaint, answer.json["id"])
        assert row.number.startswith("KL-") and row.status is ComplaintStatus.NEW and row.priority == row.category.priority
        step = one(Step, table="complaint", row_id=row.id, action="create")
        assert (step.via, step.actor.email) == (Via.API, email("support"))
        assert db.session.scalars(select(Letter).filter_by(template="complaint_received_customer")).all()[-1].data["number"] == row.number


@ONE_DATABASE
@pytest.mark.parametrize("more", [
    {"status": "closed"}, {"version": 9}, {"number": "KL-1"}, {"id": 7}, {"branch_id": 2}, {"rating": 5}, {"technician_id": 3}, {"token": "x"}, {"customer": {}},
    {"customer_id": 999}, {"customer_id": "1"}, {"customer_id": True}, {"customer_id": None}, {"subscription_id": 2}, {"priority": 9}, {"priority": "1"},
    {"channel": "pigeon"}, {"channel": []}, {"subject": ""}, {"subject": " \0"}, {"subject": "x" * 151}, {"subject": 7}, {"subject": "\ud800"}, {"description": None},
], ids=str)
def test_what_a_form_would_refuse_is_refused(app, ask, more):
    """Also what no form asks: nobody sets a status, a version or a number. The field is named, and nothing is written."""
    said = problem(ask("POST", "/complaints", json=NEW | more), 422)
    assert list(said["errors"]) == list(more)
    with app.app_context():
        assert len(list(db.session.scalars(select(Complaint)))) == 3


@ONE_DATABASE
@pytest.mark.parametrize("day", ["x", "2026-02-30", "20260131", "2026-1-1", "31-01-2026", 20260131, True, ["2026-01-31"]], ids=str)
def test_a_day_is_one_of_the_calendar(app, ask, day):
    """Year, month and day with dashes, as text; anything else is refused with an example."""
    sent = {"customer_id": 3, "plan_id": 1, "address": "Jl. Kapuk 3", "valid_from": day}
    assert problem(ask("POST", "/subscriptions", json=sent), 422)["errors"] == {"valid_from": "Send a day such as 2026-01-31."}
    with app.app_context():
        assert db.session.query(Subscription).filter_by(customer_id=3).count() == 1


@ONE_DATABASE
def test_what_is_too_long_or_too_late_to_say(app, ask):
    """A reply and a reason have an end, and a complaint that is over takes no reply: each is said, and nothing is written."""
    assert problem(ask("POST", "/complaints/1/replies", json={"text": "x" * 5001}), 422)["errors"] == {"text": "At most 5000 characters."}
    assert problem(ask("POST", "/complaints/3/moves", json={"verb": "cancel", "reason": "x" * 501}), 422)["errors"] == {"reason": "At most 500 characters."}
    assert ask("POST", "/complaints/3/moves", json={"verb": "cancel", "reason": "x" * 500}).json["status"] == "cancelled"
    assert "Cancelled" in problem(ask("POST", "/complaints/3/replies", json={"text": "Hai"}), 409)["detail"]
    with app.app_context():
        assert not {len(text) for text in db.session.scalars(select(Reply.text))} & {5001, 3}


@pytest.mark.only("mariadb")
def test_somebody_is_faster_in_the_middle_of_a_move(app, ask):
    """What the move takes along has changed at that moment: refused as a whole."""
    visit, table = planned(app), Visit.__table__

    def touch():
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == visit).values(version=table.c.version + 1))

    with meanwhile(Visit, touch):
        said = problem(ask("POST", "/complaints/1/moves", json={"verb": "cancel", "reason": "Pindah"}), 409)
    assert said["detail"] == "Somebody else was faster. Please look again."
    with app.app_context():
        assert one(Complaint, id=1).status is ComplaintStatus.ASSIGNED and one(Visit, id=visit).planned


@ONE_DATABASE
def test_fields_are_refused_in_the_words_of_the_form(app, ask, browser):
    """The same checks, by construction: each text of the API stands on the page of the form, in the reader's language."""
    wrong = {"name": "", "identity_number": "12", "phone": "x", "email": "x", "address": "x" * 301}
    said = problem(ask("POST", "/customers", json=wrong | {"branch_id": 1, "since": "1800-01-01"}, headers={"Accept-Language": "id"}), 422)["errors"]
    page = browser("support").send("/admin/support/customer/new/", wrong | {"branch": "1", "since": "1800-01-01"}).get_data(as_text=True)
    assert set(said) == {*wrong, "since"} and all(text in page for text in said.values())


def test_a_change_names_the_version_that_it_has_seen(app, ask):
    """Without it 428; after somebody else 412; and what a lifecycle has fixed is fixed."""
    problem(ask("PATCH", "/customers/1", json={"name": "X"}), 428)
    answer = ask("PATCH", "/customers/1", json={"name": "Budi S.", "area_id": None}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["name"], answer.json["area_id"], answer.headers["ETag"]) == (200, "Budi S.", None, '"2"')
    problem(ask("PATCH", "/customers/1", json={"name": "Y"}, headers={"If-Match": '"1"'}), 412)
    for sent in ({"status": "ended"}, {"user_id": 1}, {"restricted_at": None}, {"number": "PLG-9"}):
        problem(ask("PATCH", "/customers/1", json=sent, headers={"If-Match": '"2"'}), 422)
    problem(ask("PATCH", "/customers/1", "technician", json={"name": "X"}, headers={"If-Match": '"2"'}), 403)
    assert ask("POST", "/complaints/3/moves", json={"verb": "cancel", "reason": "Salah"}).status_code == 200
    problem(ask("PATCH", "/complaints/3", json={"subject": "X"}, headers={"If-Match": '"2"'}), 409)


@ONE_DATABASE
def test_moves_are_those_of_the_role(app, ask):
    """By verb, with what it needs; the status refuses, the role refuses, and a technician is one who is in scope."""
    assert problem(ask("POST", "/complaints/3/moves", json={"verb": "assign"}), 422)["errors"] == {"technician_id": "This field is required."}
    for wrong in (2, 999, "3"):  # support is no technician
        assert "technician_id" in problem(ask("POST", "/complaints/3/moves", json={"verb": "assign", "technician_id": wrong}), 422)["errors"]
    with app.app_context():
        technician = one(User, email=email("technician")).id
    answer = ask("POST", "/complaints/3/moves", json={"verb": "assign", "technician_id": technician})
    assert (answer.status_code, answer.json["status"], answer.json["technician_id"]) == (200, "assigned", technician)
    assert ask("POST", "/complaints/3/moves", "technician", json={"verb": "start"}).json["status"] == "in_progress"
    assert "status" in problem(ask("POST", "/complaints/3/moves", "technician", json={"verb": "start"}), 409)["detail"]
    for verb in ("assign", "cancel", "confirm", "expire", "x", None, []):
        assert problem(ask("POST", "/complaints/3/moves", "technician", json={"verb": verb}), 422)["errors"].keys() == {"verb"}
    problem(ask("POST", "/complaints/3/moves", "manager", json={"verb": "cancel", "reason": "x"}), 422)
    problem(ask("POST", "/complaints/3/moves", json={"verb": "resolve", "reason": "x"}, headers={"If-Match": '"1"'}), 412)
    assert problem(ask("POST", "/complaints/3/moves", json={"verb": "resolve", "reason": "x", "status": "closed"}), 422)["errors"].keys() == {"status"}


def test_a_key_makes_two_requests_one(app, ask):
    """The first answer comes again, also to a change; another body, address or token is another request; after a day it is forgotten."""
    key = {"headers": {"Idempotency-Key": "tiket-1"}}
    first, again = ask("POST", "/complaints", json=NEW, **key), ask("POST", "/complaints", json=NEW, **key)
    assert first.status_code == 201 and (again.json, again.headers["Location"], again.headers["ETag"]) == (first.json, first.headers["Location"], first.headers["ETag"])
    problem(ask("POST", "/complaints", json=NEW | {"subject": "Lain"}, headers={"Idempotency-Key": "tiket-1"}), 422)
    problem(ask("POST", "/complaints/1/replies", json={"text": "Hai"}, headers={"Idempotency-Key": "tiket-1"}), 422)
    problem(ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "x" * 65}), 400)
    problem(ask("POST", "/complaints", json=NEW | {"subject": ""}, headers={"Idempotency-Key": "tiket-2"}), 422)
    assert ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "tiket-2"}).status_code == 201  # a refusal is not kept
    change = {"json": {"name": "Budi S."}, "headers": {"Idempotency-Key": "ubah", "If-Match": '"1"'}}
    assert [ask("PATCH", "/customers/1", **change | {"headers": dict(change["headers"])}).status_code for _ in range(2)] == [200, 200]
    with app.app_context():
        assert len(list(db.session.scalars(select(Complaint)))) == 5
        later = now() + housekeeping.ANSWERS_KEPT
        assert housekeeping.forget_answers(db.session(), later - timedelta(minutes=5), Hand("x", lambda: False)) == 0
        assert housekeeping.forget_answers(db.session(), later + timedelta(minutes=5), Hand("x", lambda: False)) == 4
        assert db.session.scalars(select(ApiAnswer)).first() is None


def test_the_same_request_at_the_same_moment(app, ask, monkeypatch):
    """The second finds no answer yet, and its row is taken back when the first is faster."""
    first = ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "sama"})
    look, seen = once._before, []
    monkeypatch.setattr(once, "_before", lambda *key: look(*key) if seen else seen.append(key))
    second = ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "sama"})
    assert len(seen) == 1 and (second.status_code, second.json) == (201, first.json)
    with app.app_context():
        assert len(list(db.session.scalars(select(Complaint)))) == 4


@ONE_DATABASE
def test_the_same_request_whose_answer_is_forgotten_meanwhile(app, ask, monkeypatch):
    """It is refused like one that was too slow, and what it wrote is taken back; nothing happens twice."""
    assert ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "sama"}).status_code == 201
    monkeypatch.setattr(once, "_before", lambda *_key: None)
    problem(ask("POST", "/complaints", json=NEW, headers={"Idempotency-Key": "sama"}), 409)
    with app.app_context():
        assert db.session.query(Complaint).count() == 4


@ONE_DATABASE
def test_bodies_that_are_none(ask):
    """No JSON, no object, too deep, too long, too large a number: refused, never an error of ours."""
    for body in (b"", b"{", b"[]", b"null", b"7", b"\xff", b"[" * 100_000, b'{"subject":' + b"9" * 5000 + b"}"):
        assert ask("POST", "/complaints", data=body, content_type="application/json").status_code in (400, 422), body[:20]
    problem(ask("POST", "/complaints", data=b"{}", content_type="text/plain"), 415)
    problem(ask("POST", "/complaints", data=b"x" * 300_000, content_type="application/json"), 413)
    problem(ask("DELETE", "/complaints/1"), 405), problem(ask("GET", "/nothing"), 404), problem(ask("GET", "/complaints/0"), 404)


def test_speeds(app, ask):
    """The plan's speed and the additions whose days it is; none for a line that is suspended; not for roles that do not see additions."""
    with app.app_context():
        support = one(User, email=email("support"))
        row = db.session.scalars(select(BandwidthGrant)).first()
        row.valid_from = row.valid_from - timedelta(days=3)
        move(row, "approve", support, now())
        for first, last in ((5, 30), (-30, -5)):  # one that has not begun, one that the worker has not yet ended
            db.session.add(BandwidthGrant(
                subscription=row.subscription, extra_mbps=100, reason=row.reason, status=GrantStatus.ACTIVE,
                valid_from=date.today() + timedelta(days=first), valid_until=date.today() + timedelta(days=last)))
        move(db.session.get(Subscription, 2), "suspend", support, now(), reason="Belum bayar")
        db.session.commit()
    speeds = {item["subscription_id"]: item for item in ask("GET", "/speeds", "manager").json["items"]}
    assert (speeds[1]["extra_mbps"], speeds[1]["down_mbps"], speeds[1]["up_mbps"]) == (10, 30, 10)
    assert (speeds[2]["status"], speeds[2]["down_mbps"], speeds[2]["up_mbps"]) == ("suspended", 0, 0)
    assert ask("GET", "/subscriptions/1/speed").json == speeds[1]
    for role in (RoleName.TECHNICIAN, RoleName.SALES, RoleName.ADMINISTRATOR):
        problem(ask("GET", "/speeds", role.value), 403)

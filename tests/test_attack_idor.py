"""Other people's things by their names: each address with a name in it answers for theirs as for what never was."""

import re

import pytest
from sqlalchemy import select

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Consent, Customer, Demand, Installation, User, UserSession
from ecrm.models.account import RoleName
from tests.sweep import nothing_written
from tests.test_sweep_routes import rules
from tests.world import email, one

NEVER = {"number": "KL-209912-999999", "attachment_id": 999_999, "row_id": 999_999, "session_id": 999_999, "code": "TIDAKADA"}
TEXTS = {"text": "Bukan milik saya", "reason": "x", "rating": "5", "remark": "x"}


def theirs(app):
    """Return the names of what belongs to the second customer, or is not published."""
    with app.app_context():
        other = one(User, email=email("customer2"))
        complaint = one(Complaint, subject="Internet putus-putus")
        return {
            "number": complaint.number, "row_id": complaint.id, "code": "RAHASIA",
            "attachment_id": one(Attachment, complaint_id=complaint.id).id,
            "session_id": db.session.scalars(select(UserSession.id).where(UserSession.user_id == other.id)).first(),
        }


def plain(answer):
    """Return status and words of an answer, its tokens, its own address and the request's number left out."""
    text = re.sub(r'nonce="[^"]*"|name="csrf_token"[^>]*>|value="/[^"]*"|\b[0-9a-f]{16}\b', "", answer.get_data(as_text=True))
    return answer.status_code, answer.headers.get("Location"), text


def named(app):
    """Return (rule, method) of every address of the portal that names a thing."""
    return [(rule, method) for rule, _address in rules(app) if rule.endpoint.startswith("portal.") and rule.arguments & set(NEVER)
            for method in sorted(rule.methods & {"GET", "POST"})]


def test_a_customer_and_what_is_not_theirs(app, browser):
    """By number, id, key and code, reading and writing."""
    foreign, person = theirs(app), browser("customer")
    seen = 0
    for rule, method in named(app):
        answers = []
        for things in (foreign, NEVER):
            values = {name: things.get(name, {"verb": "cancel", "table": "complaint"}.get(name)) for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
            with nothing_written(app, f"{method} {address}"):
                answer = person.get(address) if method == "GET" else person.send(address, TEXTS)
            for thing in (foreign, NEVER):
                assert method == "POST" or "Internet putus-putus" not in answer.get_data(as_text=True)
            answers.append(plain(answer))
        assert answers[0] == answers[1] and answers[0][0] == 404, f"{method} {rule.rule}: {answers[0][:2]} and {answers[1][:2]}"
        seen += 1
    assert seen >= 7


def test_a_customer_reads_own_rows_alone(app):
    """By the policy itself, for every table that is not for everybody; a wish that was written is not read again."""
    with app.app_context():
        people = [one(User, email=email(name)) for name in ("customer", "customer2")]
        for person, applied in zip(people, db.session.scalars(select(Installation).order_by(Installation.id)).all(), strict=True):
            applied.customer = one(Customer, user_id=person.id)
            db.session.add(Consent(customer=applied.customer, given=False, wording="2026-11"))
        db.session.flush()
        seen = set()
        for model, grants in policy.POLICY.items():
            if RoleName.CUSTOMER in grants and grants[RoleName.CUSTOMER].rows.__name__.startswith(("own_", "promised_")):
                mine, others = (set(db.session.scalars(policy.visible(model, RoleName.CUSTOMER, person).with_only_columns(model.id))) for person in people)
                assert not mine & others, model
                seen |= {model} if mine and others else set()
        assert {Customer, Complaint, Installation, Consent, UserSession, Attachment} <= seen
        assert db.session.query(Demand).count() and not list(db.session.scalars(policy.visible(Demand, RoleName.CUSTOMER, people[0])))
        db.session.rollback()


@pytest.mark.parametrize("role", [RoleName.TECHNICIAN, RoleName.SALES], ids=str)
def test_pictures_of_other_peoples_jobs(app, browser, role):
    """A member of staff sees the files of their own work alone, at the staff's address and at the customers'."""
    foreign, person = theirs(app), browser(role.value)
    for number in (foreign["attachment_id"], 999_999):
        for address in (f"/attachments/{number}", f"/admin/{role.value}/attachment/details/?id={number}"):
            assert person.get(address).status_code in (302, 403, 404)


def test_a_link_of_a_letter_leads_nobody_to_others(app, browser):
    """For every table that letters name."""
    with app.app_context():
        ids = {"complaint": one(Complaint, subject="Internet putus-putus").id, "customer": one(Customer, number="PLG-000002").id}
    person = browser("customer")
    for table, number in ids.items():
        assert plain(person.get(f"/go/{table}/{number}")) == plain(person.get(f"/go/{table}/999999"))

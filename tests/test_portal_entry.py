"""Entering a complaint: what is stored, what comes back, and that twice is once."""

import io
import threading
from contextlib import suppress

import pytest
from sqlalchemy import delete, select

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, Letter, Plan, Subscription
from ecrm.models.category import CategoryKind
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.portal import complaint_entry
from tests.portal import PNG, complaints, pick, typed
from tests.world import one


def test_a_customer_enters_a_complaint(app, browser):
    """It gets a number, its targets, the portal as channel, the only subscription, the files and a letter."""
    person = browser("customer")
    assert 'name="token"' in person.get("/complaints/new").text
    data = typed(app, files=[(io.BytesIO(PNG), "lampu.png"), (io.BytesIO(b""), "")])
    sent = person.send("/complaints/new", data, content_type="multipart/form-data")
    assert sent.status_code == 302
    page = person.get(sent.location)
    assert page.status_code == 200 and "Lampu merah &lt;b&gt;sejak&lt;/b&gt; pagi." in page.text
    with app.app_context():
        row = one(Complaint, subject="Modem mati")
        assert (row.status, row.channel.value, row.resolution_hours) == (S.NEW, "portal", 24)
        assert row.subscription == one(Subscription, customer_id=row.customer_id)
        assert sent.location == f"/complaints/{row.number}" and [file.name for file in row.attachments] == ["lampu.png"]
        received = select(Letter).where(Letter.template == "complaint_received_customer", Letter.customer_id == row.customer_id)
        assert row.number in {letter.data["number"] for letter in db.session.scalars(received)}
        file = row.attachments[0].id
    with person.get(f"/attachments/{file}") as served:
        assert served.status_code == 200 and served.headers["X-Content-Type-Options"] == "nosniff"
    assert browser("customer2").get(f"/attachments/{file}").status_code == 404


def test_sending_twice_makes_one_complaint(app, browser):
    """The second press leads to the same complaint; other words on the same form are another one."""
    person = browser("customer")
    first, second = (person.send("/complaints/new", typed(app)) for _press in range(2))
    assert first.location == second.location and complaints(app, subject="Modem mati") == 1
    other = person.send("/complaints/new", typed(app, description="Sekarang mati total."))
    assert other.location != first.location and complaints(app, subject="Modem mati") == 2


def test_two_at_the_same_moment_make_one_complaint(app, browser, monkeypatch):
    """Both have looked and found none before either is written; where the database lets only one in, that one is first."""
    people, places, gate = [browser("customer") for _person in range(2)], [], threading.Barrier(2)
    forms = [{"csrf_token": person.token()} | typed(app) for person in people]
    write = complaint_entry._enter

    def write_together(*args):
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=2)
        return write(*args)

    monkeypatch.setattr(complaint_entry, "_enter", write_together)

    def press(person, form):
        places.append(person.post("/complaints/new", data=form).location)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(people, forms, strict=True)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(set(places)) == 1 and places[0].startswith("/complaints/KL-") and complaints(app, subject="Modem mati") == 1


def test_the_category_goes_while_it_is_written(app, browser, monkeypatch):
    """The database refuses the row: the customer is asked to load the page again, and nothing is stored."""
    with app.app_context():
        db.session.add(ComplaintCategory(code="GONE", name="Sementara", name_en="For now", kind=CategoryKind.GENERAL, response_hours=8, resolution_hours=72))
        db.session.commit()
        chosen = str(one(ComplaintCategory, code="GONE").id)
    write = complaint_entry._enter

    def write_late(*args):
        db.session.execute(delete(ComplaintCategory.__table__).where(ComplaintCategory.__table__.c.code == "GONE"))
        return write(*args)

    monkeypatch.setattr(complaint_entry, "_enter", write_late)
    page = browser("customer").send("/complaints/new", typed(app, category=chosen))
    assert page.status_code == 409 and "Orang lain lebih dulu" in page.text and complaints(app, subject="Modem mati") == 0


@pytest.mark.parametrize("missing", ["category", "subject", "description"])
def test_what_was_typed_survives_an_error(app, browser, missing):
    """The form comes back filled in, the error stands at its field, and nothing is stored."""
    fields = typed(app)
    page = browser("customer").send("/complaints/new", fields | {missing: " "})
    assert page.status_code == 200 and f'id="{missing}-error"' in page.text and complaints(app, subject="Modem mati") == 0
    for name in {"subject", "description"} - {missing}:
        assert fields[name].replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in page.text
    assert f'value="{fields["token"]}"' in page.text


def test_with_two_connections_one_is_chosen(app, browser):
    """No silent first one."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        second = Subscription(customer=customer, plan=one(Plan, code="HOME50"), address="Jl. Kedua", valid_from=customer.since)
        db.session.add(second)
        db.session.commit()
        second = second.id
    person = browser("customer")
    assert 'id="subscription-error"' in person.send("/complaints/new", typed(app)).text
    assert person.send("/complaints/new", typed(app, subscription=second)).status_code == 302
    assert pick(app, lambda: one(Complaint, subject="Modem mati").subscription_id) == second


def test_foreign_choices_are_refused(app, browser):
    """Another customer's subscription and an unknown category are not on the list."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        plan = one(Plan, code="HOME50")
        db.session.add(Subscription(customer=customer, plan=plan, address="Jl. Kedua", valid_from=customer.since))
        foreign = db.session.scalars(select(Subscription).where(Subscription.customer_id != customer.id)).first().id
        db.session.commit()
    person = browser("customer")
    assert 'id="subscription-error"' in person.send("/complaints/new", typed(app, subscription=foreign)).text
    assert 'id="category-error"' in person.send("/complaints/new", typed(app, category="999")).text
    assert complaints(app, subject="Modem mati") == 0


def test_a_refused_file_stores_nothing(app, browser):
    """The reason stands at the file field, the text stays."""
    before = pick(app, lambda: db.session.query(Attachment).count())
    data = typed(app, files=[(io.BytesIO(PNG), "baik.png"), (io.BytesIO(b"<svg onload=alert(1)>"), "jahat.svg")])
    page = browser("customer").send("/complaints/new", data, content_type="multipart/form-data")
    assert page.status_code == 200 and 'id="files-error"' in page.text and "jahat.svg" in page.text and "Modem mati" in page.text
    assert complaints(app, subject="Modem mati") == 0 and pick(app, lambda: db.session.query(Attachment).count()) == before


def test_too_many_files_are_refused(app, browser):
    """Five are enough."""
    data = typed(app, files=[(io.BytesIO(PNG), f"{count}.png") for count in range(6)])
    assert 'id="files-error"' in browser("customer").send("/complaints/new", data, content_type="multipart/form-data").text
    assert complaints(app, subject="Modem mati") == 0


def test_only_the_upload_views_read_much(app, browser):
    """More than the usual 256 KiB goes through where files belong, and nowhere else."""
    much = {"files": [(io.BytesIO(PNG + b"\0" * 300_000), "besar.png")]}
    person = browser("customer")
    assert person.send("/complaints/new", typed(app) | much, content_type="multipart/form-data").status_code == 302
    refused = person.send("/profile", {"files": [(io.BytesIO(b"\0" * 300_000), "besar.png")]}, content_type="multipart/form-data")
    assert refused.status_code == 413 and "<h1" in refused.text

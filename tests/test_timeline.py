"""A customer's page shows one line of time, with what the reader may see of it."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import (
    BandwidthGrant, Complaint, CoverageArea, Customer, Installation, Letter, Plan, Promo, PromoRequest, Subscription, User,
)
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.installation import register
from tests.staff import JOB
from tests.world import email, one


@pytest.fixture
def customer(app):
    """The technician's customer, after a full life with us; returns the id."""
    with app.app_context():
        row, at = one(Customer, number="PLG-000001"), now() - timedelta(days=1)
        visit = register(db.session, Installation(
            applicant_name=row.name, applicant_phone=row.phone, address=row.address, customer=row,
            area=one(CoverageArea, name="Kapuk Muara"), plan=one(Plan, code="HOME50")), at)
        db.session.flush()
        technician, support = one(User, email=email("technician")), one(User, email=email("support"))
        move(visit, "survey", one(User, email=email("sales")), at, survey_result="Tiang terdekat 40 m")
        move(visit, "schedule", support, at, technician=technician, visit_at=at + timedelta(hours=2))
        move(visit, "install", technician, at, report="Terpasang rapi")
        complaint = one(Complaint, subject=JOB)
        move(complaint, "start", technician, at)
        move(complaint, "resolve", technician, at, reason="Kabel diganti")
        complaint.rating = 4
        move(one(BandwidthGrant, subscription_id=1), "approve", support, at)
        db.session.add(PromoRequest(promo=one(Promo, code="HEMAT"), customer=row, remark="Untuk toko"))
        db.session.scalars(select(Subscription).where(Subscription.customer_id == row.id)).first().valid_until = date(2030, 1, 1)
        db.session.commit()
        return row.id


def line(person, role, number, kind=None):
    """Return the events of the whole timeline as (kind, text)."""
    page = person.get(f"/admin/{role}/customer/timeline/?id={number}" + (f"&kind={kind}" if kind else ""))
    assert page.status_code == 200
    events = re.findall(r'<li class="is-(\w+)">(.*?)</li>', page.text, re.DOTALL)
    return [(name, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))) for name, text in events]


def test_a_letter_that_was_sent_is_still_called_something(app, browser, customer):
    """Its facts are forgotten then; people read what such letters are called, never the name of a template."""
    with app.app_context():
        for letter in db.session.scalars(select(Letter).where(Letter.customer_id == customer)):
            letter.data = {}
        db.session.add(Letter(to_email="x@mail.example", template="promo_request_accept_customer", customer_id=customer))
        db.session.commit()
    events = [text for _kind, text in line(browser("support"), "support", customer, "letter")]
    assert events and not any(re.search(r"[a-z]_[a-z]", text) for text in events), events
    assert any("Permintaan promo" in text for text in events)


WANTED = {
    "installation": ("Tiang terdekat 40 m", "Terpasang rapi"), "visit": ("Kunjungan untuk PSB", "Penanganan keluhan dimulai"),
    "complaint": (JOB, "Penilaian: 4 dari 5"), "subscription": ("Langganan mulai: Home 20", "Langganan berakhir: Home 20"),
    "grant": ("+10 Mbps",), "promo": ("Untuk toko",), "letter": ("customer@test.example",), "call": ("Minta dihubungi lagi sore hari.",),
}


def test_survey_to_letters_in_one_line(browser, customer):
    """Each kind is there, newest first, alone where it is asked for, and the customer's page shows the newest."""
    person = browser("support")
    events = line(person, "support", customer)
    for kind, texts in WANTED.items():
        for text in texts:
            assert any(name == kind and text in said for name, said in events), (kind, text)
        alone = line(person, "support", customer, kind)
        assert {name for name, _said in alone} == {kind} and len(alone) == sum(name == kind for name, _said in events)
    page = person.get(f"/admin/support/customer/timeline/?id={customer}").text
    moments = [datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]+)"', page)]
    assert moments == sorted(moments, reverse=True) and len(moments) > 10
    shown = person.get(f"/admin/support/customer/details/?id={customer}").text
    assert 'id="timeline"' in shown and events[0][1].strip()[-20:] in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


def test_each_role_sees_its_own_part(app, browser, customer):
    """A technician sees the own jobs and visits of the customer; no letters, promos and additions, no colleague's job."""
    with app.app_context():
        row = one(Complaint, subject="Tagihan ganda")
        row.technician = one(User, email=email("technician2"))
        db.session.commit()
    events = line(browser("technician"), "technician", customer)
    assert {"complaint", "visit", "installation", "subscription"} >= {kind for kind, _text in events} >= {"complaint", "visit"}
    assert not any("Tagihan ganda" in text or "Untuk toko" in text for _kind, text in events)
    assert {kind for kind, _text in line(browser("manager"), "manager", customer)} == set(WANTED)


def test_no_way_to_somebody_elses(app, browser, customer):
    """A customer out of scope is a 404, in the timeline too; a kind that there is not shows everything."""
    with app.app_context():
        other = one(Customer, number="PLG-000002").id
    assert browser("technician").get(f"/admin/technician/customer/timeline/?id={other}").status_code == 404
    assert browser("sales").get(f"/admin/sales/customer/timeline/?id={customer}").status_code == 404
    person = browser("support")
    assert line(person, "support", customer, "nonsense") == line(person, "support", customer)


def test_a_letter_that_cannot_be_written_again(app, browser, customer):
    """What such letters are called stands for the subject, a template's own name only where nobody knows it any more."""
    with app.app_context():
        db.session.add(Letter(to_email="x@test.example", template="complaint_reply_customer", data={}, customer_id=customer))
        db.session.add(Letter(to_email="x@test.example", template="gone", data={}, customer_id=customer))
        db.session.commit()
    said = " ".join(text for _kind, text in line(browser("support"), "support", customer, "letter"))
    assert "Keluhan: Tanggapan → Pelanggan" in said and "gone" in said


def test_nothing_happened_yet(app, browser):
    """A customer-to-be."""
    with app.app_context():
        number = one(Customer, number="PLG-000004").id
    assert "Belum ada kejadian" in browser("support").get(f"/admin/support/customer/timeline/?id={number}").text


def test_an_application_whose_moves_are_not_read(app, browser):
    """Sales reads no trail: that it was activated stands there all the same, once."""
    with app.app_context():
        prospect, row = one(Customer, number="PLG-000004"), one(Installation, applicant_name="Pemohon technician")
        row.customer, row.activated_at, number, code = prospect, now(), prospect.id, row.number
        db.session.commit()
    events = [text for kind, text in line(browser("sales"), "sales", number) if kind == "installation"]
    assert sum(f"{code}: Diaktifkan" in text for text in events) == 1 and any(f"Pendaftaran {code}" in text for text in events), events

"""What is done with one click for a customer who may leave: a note of a call, an addition to approve, a letter about the promos."""

from datetime import timedelta

from ecrm.extensions import db
from ecrm.letters.rendering import render
from ecrm.models import BandwidthGrant, CallNote, Customer, Letter, ProvisionCall, RiskScore
from ecrm.models.base import now
from ecrm.rules import consent
from tests.staff import Page
from tests.sweep import nothing_written
from tests.world import one


def page_of(app, role):
    """Return the address of the page of the customer at risk."""
    with app.app_context():
        return f"/admin/{role}/risk_score/details/?id={one(RiskScore).id}"


def test_a_note_of_a_call(app, browser):
    """Written on the page, it stands there, on the customer's page and in the timeline; a blank one is refused; nobody changes one."""
    manager, url = browser("manager"), page_of(app, "manager")
    with app.app_context():
        customer = one(Customer, number="PLG-000001").id
    typed = {"customer": customer, "text": "Minta potongan <harga>."}
    assert 'id="call-note"' in manager.get(url).text
    with nothing_written(app, "a blank note"):
        assert 'id="text-error"' in manager.send("/admin/manager/call_note/new/", typed | {"text": " "}).text
    assert manager.send(f"/admin/manager/call_note/new/?url={url}", typed).status_code == 302
    for address in (url, f"/admin/manager/customer/details/?id={customer}", f"/admin/manager/customer/timeline/?id={customer}&kind=call"):
        assert "Minta potongan &lt;harga&gt;." in manager.get(address).text
    with app.app_context():
        row = db.session.query(CallNote).order_by(CallNote.id.desc()).first()
        assert row.by.name == "Manager" and row.customer_id == customer
    assert manager.get(f"/admin/manager/call_note/edit/?id={row.id}").status_code == 403


def test_an_addition_to_approve(app, browser):
    """The manager proposes, once; the draft waits for support."""
    manager, url = browser("manager"), page_of(app, "manager")
    assert "propose_grant" not in Page(manager.get(url)).verbs()  # there is a draft
    with app.app_context():
        for row in (one(ProvisionCall), one(BandwidthGrant)):
            db.session.delete(row)
        db.session.commit()
    assert "propose_grant" in Page(manager.get(url)).verbs()
    move = url.replace("details/?", "move/?verb=propose_grant&")
    assert manager.send(move).status_code == 302
    with app.app_context():
        row = one(BandwidthGrant)
        assert (row.status.value, row.extra_mbps, row.granted_by_id, (row.valid_until - row.valid_from).days) == ("draft", 10, None, 29)
    with nothing_written(app, "proposing twice"):
        manager.send(move)
    with nothing_written(app, "approving as a manager"):
        assert manager.send(f"/admin/manager/bandwidth_grant/move/?id={row.id}&verb=approve").status_code == 403


def test_told_of_promos(app, browser):
    """Only with consent, in one letter with the promos that are for this customer, and not again within a month."""
    manager, url = browser("manager"), page_of(app, "manager")
    move = url.replace("details/?", "move/?verb=tell_promos&")
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        consent.say(db.session, customer, False, now())
        db.session.commit()
    with nothing_written(app, "telling without consent"):
        assert "tell_promos" not in Page(manager.get(url)).verbs()
        manager.send(move)
    with app.app_context():
        consent.say(db.session, one(Customer, number="PLG-000001"), True, now())
        db.session.commit()
    assert manager.send(move).status_code == 302
    with app.app_context():
        letter = one(Letter, template="risk_score_offer_customer")
        said = render(letter)
        assert "Hemat akhir tahun" in said.text and "Belum terbit" not in said.text and "/promos" in said.text and letter.customer.number == "PLG-000001"
        letter.queued_at -= timedelta(days=29)
        db.session.commit()
    with nothing_written(app, "telling twice"):
        manager.send(move)
    assert "Promo untuk Anda" in said.subject

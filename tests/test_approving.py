"""Bandwidth additions that cannot be are refused beside their field; many are approved at once within what the branches may spend, or none."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Branch, Letter, ProvisionCall, Subscription, User
from ecrm.models.account import RoleName
from ecrm.models.bandwidth import GrantReason, GrantStatus
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.errors import FieldRefused
from tests.sweep import fields_of, nothing_written
from tests.world import email, one

URL = "/admin/support/bandwidth_grant/"


def today():
    """Return the day in Jakarta, where the branches of the little company are."""
    return one(Branch, code="JKT").local(now()).date()


def draft(customer, mbps, first=0, last=10):
    """Add a draft for a customer's line, with days from today on, and return its id."""
    row = BandwidthGrant(subscription=one(Subscription, customer_id=customer), extra_mbps=mbps, reason=GrantReason.LOYALTY,
                         valid_from=today() + timedelta(days=first), valid_until=today() + timedelta(days=last))
    db.session.add(row)
    db.session.commit()
    return row.id


@pytest.fixture
def drafts(app):
    """Drafts of 10, 20 and 30 Mbps for the three customers, of whose branch 100 Mbps may be given."""
    with app.app_context():
        for row in (one(ProvisionCall), one(BandwidthGrant)):
            db.session.delete(row)
        one(Branch, code="JKT").grant_budget_mbps = 100
        db.session.commit()
        return [draft(1, 10), draft(2, 20), draft(3, 30)]


def statuses(app, ids):
    """Return the statuses of additions."""
    with app.app_context():
        return [db.session.get(BandwidthGrant, number).status.value for number in ids]


def test_preview_then_all(app, browser, drafts):
    """The chosen rows of the list lead to the page; it says what they cost and changes nothing; approved are the ticked ones, each told."""
    support = browser("support")
    with nothing_written(app, "looking"):
        answer = support.send(f"{URL}action/", {"action": "approve", "rowid": drafts[:2]}, follow_redirects=True)
    said = answer.text[answer.text.index('data-branch="JKT"'):]
    assert "<b>30</b>" in said[:said.index("</tr>")] and answer.text.count('name="rowid"') == 2
    assert support.get(f"{URL}approve/").text.count('name="rowid"') == 3 and 'id="approve-many"' in support.get(f"{URL}?view=all").text
    assert support.send(f"{URL}approve/", {"rowid": drafts[1:], "shown": drafts}).status_code == 302
    assert statuses(app, drafts) == ["draft", "active", "active"]
    with app.app_context():
        assert db.session.query(Letter).filter_by(template="bandwidth_grant_approve_customer").count() == 2
        assert db.session.get(BandwidthGrant, drafts[1]).granted_by.email == email("support")
    assert browser("manager").get("/admin/manager/bandwidth_grant/approve/").status_code == 403
    assert browser("manager").send("/admin/manager/bandwidth_grant/approve/", {"rowid": drafts}).status_code == 403


def test_all_or_none(app, browser, drafts):
    """Over the budget, overlapping, no draft any more, or nothing ticked: refused as a whole, in words, and the ticks stay."""
    support = browser("support")
    with app.app_context():
        one(Branch, code="JKT").grant_budget_mbps = 50
        twice = draft(1, 5, 3)
        db.session.commit()
    for chosen, words in ((drafts, "Pantai Indah Kapuk: 10 Mbps melebihi anggaran 50 Mbps."), ([drafts[0], twice], "sudah mendapat penambahan pada hari-hari itu"),
                          ([drafts[0], 999], "Orang lain lebih dulu"), ([], "Pilih")):
        with nothing_written(app, words):
            answer = support.send(f"{URL}approve/", {"rowid": chosen, "shown": [*drafts, twice]})
        assert answer.status_code == 422 and words in answer.text
        assert len(re.findall(r"name=.rowid.[^>]* checked>", answer.text)) == len([number for number in chosen if number != 999])
    assert support.send(f"{URL}approve/", {"rowid": drafts[:2], "shown": drafts}).status_code == 302
    assert statuses(app, drafts) == ["active", "active", "draft"]


def test_one_by_one(app, drafts):
    """A single approval holds to the same: the budget, the days of another addition, and an ended line."""
    with app.app_context():
        support, rows = one(User, email=email("support")), [db.session.get(BandwidthGrant, number) for number in drafts]
        one(Branch, code="JKT").grant_budget_mbps = 30
        second = db.session.get(BandwidthGrant, draft(1, 5, 10, 20))
        later = db.session.get(BandwidthGrant, draft(1, 5, 11, 20))
        move(rows[0], "approve", support, now())
        move(rows[1], "approve", support, now())
        db.session.commit()
        for row, field in ((rows[2], "extra_mbps"), (second, "valid_from")):
            with pytest.raises(FieldRefused) as refused:
                move(row, "approve", support, now())
            assert refused.value.name == field
            db.session.rollback()
        one(Branch, code="JKT").grant_budget_mbps = None
        move(later, "approve", support, now())
        move(rows[2].subscription, "end", support, now(), reason="Pindah")
        with pytest.raises(FieldRefused) as refused:
            move(rows[2], "approve", support, now())
        assert refused.value.name == "subscription" and later.status is GrantStatus.ACTIVE


def test_beside_the_field(app, browser, drafts):
    """A form says what is wrong where it is wrong, keeps what was typed, and a draft is mended by editing it."""
    support = browser("support")
    with app.app_context():
        day, line = today(), one(Subscription, customer_id=1).id
    typed = {"subscription": line, "extra_mbps": "10", "valid_from": day + timedelta(days=30), "valid_until": day + timedelta(days=40), "reason": "loyalty", "complaint": "", "note": "Uji"}
    for wrong, field in (({"valid_from": day - timedelta(days=1)}, "valid_from"), ({"valid_from": day + timedelta(days=10)}, "valid_from"), ({"extra_mbps": "101"}, "extra_mbps"),
                         ({"valid_until": day + timedelta(days=30)}, "valid_until")):
        with nothing_written(app, field):
            page = support.send(f"{URL}new/", typed | wrong).text
        assert f'id="{field}-error"' in page and ">Uji</" in page or 'value="Uji"' in page, wrong
    assert support.send(f"{URL}new/", typed).status_code == 302
    with app.app_context():
        old = db.session.get(BandwidthGrant, drafts[0])
        old.valid_from = day - timedelta(days=5)
        db.session.commit()
    page = support.get(f"{URL}edit/?id={drafts[0]}")
    assert support.send(f"{URL}edit/?id={drafts[0]}", fields_of(page) | {"extra_mbps": "15"}).status_code == 302  # the day that was there is no mistake of now


def test_somebody_revokes_one_meanwhile(app, browser, drafts):
    """Each is approved by itself: one that somebody was faster with is named with the reason, the others are given."""
    table = BandwidthGrant.__table__

    def revoke(_session):
        """Take back the second draft as soon as the first is approved."""
        with db.engine.begin() as connection:
            if connection.scalar(db.select(table.c.status).where(table.c.id == drafts[0])) is GrantStatus.ACTIVE:
                connection.execute(table.update().where(table.c.id == drafts[1]).values(status=GrantStatus.REVOKED, version=table.c.version + 1))

    event.listen(db.session, "after_commit", revoke)
    try:
        answer = browser("support").send(f"{URL}approve/", {"rowid": drafts, "shown": drafts}, follow_redirects=True)
    finally:
        event.remove(db.session, "after_commit", revoke)
    assert statuses(app, drafts) == ["active", "revoked", "active"]
    said = re.findall(r'class="alert[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    assert any("Siti Aminah" in text and "Dicabut" in text for text in said) and any("2 penambahan" in text for text in said), said
    with app.app_context():
        assert db.session.query(Letter).filter_by(template="bandwidth_grant_approve_customer").count() == 2


def test_another_verb_for_many(app, browser, drafts, monkeypatch):
    """What the policy lets a role do beside approving is done to the chosen rows at once, and what cannot be is named."""
    screen = next(view for site in app.extensions["admin"] for view in site._views if view.endpoint == "support_bandwidth_grant")
    mine = policy.POLICY[BandwidthGrant]
    with app.app_context():
        move(db.session.get(BandwidthGrant, drafts[0]), "approve", one(User, email=email("support")), now())
        db.session.commit()
    with monkeypatch.context() as patch:
        patch.setitem(mine, RoleName.SUPPORT, replace(mine[RoleName.SUPPORT], verbs=mine[RoleName.SUPPORT].verbs | {"expire"}))
        screen.init_actions()
        answer = browser("support").send(f"{URL}action/", {"action": "expire", "rowid": drafts[:2]}, follow_redirects=True)
    screen.init_actions()
    assert statuses(app, drafts) == ["expired", "draft", "draft"] and answer.text.count('class="alert') == 2
    assert browser("support").send(f"{URL}action/", {"action": "expire", "rowid": drafts[:1]}).status_code == 403

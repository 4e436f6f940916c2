"""An erased person leaves no word anywhere, and every recap adds up as before; what stands against it is said; the copy forgets no table."""

import errno
import json
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import JSON, inspect, select, text

from ecrm.extensions import db
from ecrm.letters.delivery import deliver_due
from ecrm.models import (
    TABLES, Attachment, Complaint, Customer, Installation, Letter, PdpRequest, Promo, PromoRequest, Step, Subscription, User, UserSession,
)
from ecrm.models.base import now
from ecrm.models.pdp_request import PdpKind, PdpStatus
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.privacy import columns, copying
from ecrm.privacy.erasing import GONE
from ecrm.privacy.person import OF_STAFF, WAYS, gather
from ecrm.reports import recaps
from ecrm.reports.freezing import figures
from ecrm.reports.period import between
from ecrm.reports.shapes import Scope
from ecrm.rules import move, pdp_request
from ecrm.rules.complaint import rate
from ecrm.storage.keeping import store
from ecrm.trail import MASK
from tests.conftest import ONE_DATABASE
from tests.staff import Page
from tests.world import email, one

SQLITE = ONE_DATABASE
MARK = "zxqv"
NUMBER = "PLG-000001"
BASE = "/admin/administrator/pdp_request"


def asked(kind=PdpKind.DELETION, number=NUMBER):
    """File a request of a customer by telephone and return its id; needs an application context."""
    row = PdpRequest(customer=one(Customer, number=number), kind=kind, wish="Tolong")
    pdp_request.file(db.session, row, now(), one(User, email=email("support")))
    db.session.commit()
    return row.id


def finish():
    """End all that is open of the first customer, with a wish, an application, a score and a rating; needs an application context."""
    support, at, customer = one(User, email=email("support")), now(), one(Customer, number=NUMBER)
    red, bill = one(Complaint, subject="Lampu LOS merah"), one(Complaint, subject="Tagihan ganda")
    move(red, "resolve", one(User, email=email("technician")), at, reason="Kabel diganti")
    rate(red, 2, "Lama")
    move(bill, "cancel", support, at, reason="Salah")
    move(customer.subscriptions[0], "end", support, at, reason="Pindah rumah")
    wish = PromoRequest(promo=one(Promo, code="HEMAT"), customer=customer, remark="Kapan?", status=PromoRequestStatus.REQUESTED)
    db.session.add(wish)
    db.session.flush()
    move(wish, "decline", support, at, reason="Sudah lebih tinggi")
    visit = db.session.scalars(select(Installation).order_by(Installation.id)).first()
    visit.customer = customer
    move(visit, "cancel", support, at, reason="Pindah")
    db.session.commit()


def mark():
    """Write the mark into every text of the person's rows, give them a photo, and a queued letter of the staff about them; return the file's key."""
    person = gather(db.session(), one(Customer, number=NUMBER))
    key = store().put(f"{MARK} photo".encode())
    connection, address = db.session.connection(), f"{MARK}@test.example"
    for model, ids in person.ids.items():
        table = model.__table__
        for column in columns.personal(table) if model is not Step else ():
            for row in ids:
                value = {"table": "customer", "id": person.customer.id, "x": MARK} if isinstance(column.type, JSON) else f"{MARK}{row}"
                value = [value] if column.name == "mf_recovery_codes" else address if "email" in column.name else value
                connection.execute(table.update().where(table.c.id == row).values({column.name: value}))
    steps = Step.__table__
    for row, name in connection.execute(select(steps.c.id, steps.c.table).where(steps.c.id.in_(person.ids[Step]))).all():
        words = {column.name: MARK for column in TABLES[name].__table__.columns if columns.speaks(column) and f"{name}.{column.name}" not in columns.KEPT} | {"x_id": 7}
        connection.execute(steps.update().where(steps.c.id == row).values(before=words, after=words, reason=MARK))
    files = Attachment.__table__
    connection.execute(files.update().where(files.c.id == person.ids[Attachment][0]).values(storage_key=key))
    db.session.expire_all()
    db.session.add(Letter(to_email=email("support"), template="complaint_near_support", data={"table": "complaint", "id": person.ids[Complaint][0], "x": MARK}))
    db.session.commit()
    return key


def found(app):
    """Return where the mark stands: tables of the database, the index of the full text too, and files."""
    with app.app_context(), db.engine.connect() as connection:
        names = inspect(db.engine).get_table_names()
        places = [name for name in names if MARK in repr([tuple(row) for row in connection.execute(text(f"SELECT * FROM {_quoted(name)}"))]).lower()]
    folder = Path(app.config["ECRM"]["ATTACHMENTS_DIR"])
    return places + [str(path) for path in folder.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


def _quoted(name):
    return db.engine.dialect.identifier_preparer.quote(name)


def numbers(app):
    """Return the figures of all recaps, of all branches, of the last years."""
    with app.test_request_context():
        period = between(f"{date.today() - timedelta(days=700)}", f"{date.today() + timedelta(days=30)}", ZoneInfo("Asia/Jakarta"))
        made = {kind.kind: figures(kind.make(db.session, Scope(period, now(), None, None))) for kind in recaps.RECAPS}
        db.session.remove()
    return {kind: [table["rows"] + [table["total"]] for table in sheet["tables"]] for kind, sheet in made.items()}


def type_number(app, person, number, request):
    """Type a number on the page of the erasure and send it."""
    return person.send(f"{BASE}/erase/?id={request}", {"number": number})


def test_nothing_is_left(app, browser):
    """No word of the person in any table, the trail, the index and the files; the recaps as before; the account closed; the evidence kept."""
    with app.app_context():
        finish()
        key, request = mark(), asked(number=f"{MARK}1")
    inside, boss, before = browser("administrator"), browser("administrator"), numbers(app)
    assert len(found(app)) > 8
    page = Page(boss.get(f"{BASE}/erase/?id={request}"))
    assert page.all("button", id="erase-for-good") and not page.all("section", id="against")
    wrong = type_number(app, boss, "PLG-000002", request)
    assert wrong.status_code == 422 and 'id="number-error"' in wrong.text and "PLG-000002" in wrong.text
    assert type_number(app, boss, f" {MARK.upper()}1", request).status_code == 302
    with app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.template == "pdp_request_fulfil_customer")).one()
        assert letter.to_email == f"{MARK}@test.example" and letter.data["answer"]
        deliver_due(db.session(), Kept(), now() + timedelta(seconds=1), "one")
        customer = db.session.get(Customer, 1)
        assert customer.number == "X-000001" and customer.erased_at and customer.status.value == "ended" and not customer.user.active
        row = db.session.get(PdpRequest, request)
        assert row.status is PdpStatus.FULFILLED and row.handled_by == one(User, email=email("administrator"))
        assert row.evidence and row.answer and row.wish is None and not store().exists(key)
        assert not db.session.scalars(select(UserSession.id).where(UserSession.user_id == customer.user_id)).all()
        assert one(PdpRequest, customer_id=1, kind=PdpKind.ACCESS).status is PdpStatus.WITHDRAWN
    assert found(app) == []
    assert numbers(app) == before
    assert inside.get("/admin/administrator/customer/details/?id=1").status_code == 200
    assert 'id="erased"' in browser("support").get("/admin/support/customer/details/?id=1").text
    assert browser("support").get("/admin/support/customer/edit/?id=1").status_code == 302
    assert type_number(app, boss, "X-000001", request).status_code == 302  # and nothing more happens
    with app.app_context():
        assert one(PdpRequest, id=request).evidence == row.evidence


@SQLITE
def test_files_that_cannot_be_removed(app, browser, monkeypatch, caplog):
    """The request's page leads an administrator to the erasure; the person is erased, and what is left of the files is said and named in the log."""
    with app.app_context():
        finish()
        key, request = mark(), asked(number=f"{MARK}1")
    address = f"{BASE}/erase/?id={request}"
    boss = browser("administrator")
    assert Page(boss.get(f"{BASE}/details/?id={request}")).all("a", href=address)
    assert not Page(browser("support").get(f"/admin/support/pdp_request/details/?id={request}")).all("a", href=address.replace("administrator", "support"))

    def broken(_path, **_how):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", broken)
        answer = boss.send(address, {"number": f"{MARK}1"}, follow_redirects=True)
    assert answer.status_code == 200 and "Sebagian berkas tidak dapat dihapus" in answer.text and key in caplog.text
    with app.app_context():
        assert db.session.get(Customer, 1).erased_at and store().remove(key)


class Kept:
    """A sender that keeps nothing."""

    def send(self, message, name):
        """Take the message."""

    def close(self):
        """Nothing is open."""


def test_what_stands_against_it(make_app):
    """A running subscription, an unsolved complaint, the years of the law, and a role of the staff; each is said, and nothing is written."""
    from tests import world

    app = make_app(RETENTION_YEARS=2)
    world.build(app)
    boss = app.test_client().become("administrator")
    with app.app_context():
        request = asked()
    said = boss.get(f"{BASE}/erase/?id={request}").text
    page = Page(boss.get(f"{BASE}/erase/?id={request}"))
    assert 'id="against"' in said and "langganan" in said.lower() and "keluhan" in said.lower() and not page.all("button", id="erase-for-good")
    assert type_number(app, boss, NUMBER, request).status_code == 302
    with app.app_context():
        finish()
        account, seller = one(User, email=email("customer")), one(User, email=email("sales"))
        account.roles.append(seller.roles[0])
        db.session.commit()
        until = one(Subscription, customer_id=1).valid_until + timedelta(days=730)
    said = boss.get(f"{BASE}/erase/?id={request}").text
    assert str(until)[:4] in said.partition('id="against"')[2] and "karyawan" in said.partition('id="against"')[2].partition("</ul>")[0].lower()
    assert type_number(app, boss, NUMBER, request).status_code == 302
    assert boss.send(f"{BASE}/move/?id={request}&verb=fulfil", {"answer": "x", "evidence": "y"}).status_code == 409
    assert boss.send(f"{BASE}/move/?id={request}&verb=erase", {"answer": "x", "evidence": "y"}).status_code == 409
    with app.app_context():
        assert one(Customer, number=NUMBER).erased_at is None and one(PdpRequest, id=request).status is PdpStatus.RECEIVED


@SQLITE
def test_only_an_administrator_who_has_just_given_the_password(app, browser):
    """Support and managers do not copy or erase; a session of an hour ago gives the password first."""
    from tests.test_two_factor import stale

    with app.app_context():
        finish()
        erase, access = asked(), one(PdpRequest, kind=PdpKind.ACCESS).id
    for role in ("support", "manager"):
        base = f"/admin/{role}/pdp_request"
        assert browser(role).get(f"{base}/erase/?id={erase}").status_code == 403
        assert browser(role).send(f"{base}/erase/?id={erase}", {"number": NUMBER}).status_code == 403
        assert browser(role).get(f"{base}/copy/?id={access}").status_code == 403
    boss = browser("administrator")
    assert boss.get(f"{BASE}/erase/?id={access}").status_code == 404 and boss.get(f"{BASE}/copy/?id={erase}").status_code == 404
    stale(boss)
    for path in (f"{BASE}/erase/?id={erase}", f"{BASE}/copy/?id={access}"):
        assert boss.get(path).location.startswith("/verify"), path
    assert type_number(app, boss, NUMBER, erase).location.startswith("/verify")


def test_every_table_with_a_way_to_a_person_is_known():
    """A table that leads to a customer or an account, by however many steps, is copied and erased, or only of the staff."""
    theirs = {"customer", "user"}
    while True:
        more = {table.name for table in db.metadata.sorted_tables for key in table.foreign_keys if key.column.table.name in theirs}
        if more <= theirs:
            break
        theirs |= more
    # Ways by another road than a foreign key: the trail names table and row.
    known = {model.__tablename__ for model in WAYS} | set(OF_STAFF)
    assert theirs <= known, f"{sorted(theirs - known)}: add them to WAYS in ecrm/privacy/person.py, or say in OF_STAFF why not"
    for model in WAYS:
        for column in columns.personal(model.__table__):
            fits = column.nullable or not column.unique or str(column) in columns.GIVEN or model in GONE
            assert fits, f"{column}: two erased rows would be the same; give it a value in ecrm/privacy/columns.py"


@SQLITE
def test_the_copy_is_whole(app, browser):
    """Every row that is about the person, as JSON and to read, with the files; no key, no password, nothing of anybody else."""
    with app.app_context():
        attachment = one(Attachment, name="foto-customer.jpg")
        key = store().put(b"a photo")
        db.session.expunge(attachment)
        db.session.connection().execute(Attachment.__table__.update().where(Attachment.__table__.c.id == attachment.id).values(storage_key=key))
        db.session.commit()
        request, person = one(PdpRequest, kind=PdpKind.ACCESS), gather(db.session(), one(Customer, number=NUMBER))
        number, wanted = request.number, {model.__tablename__: ids for model, ids in person.ids.items() if ids}
    boss = browser("administrator")
    answer = boss.get(f"{BASE}/copy/?id={request.id}")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        names = archive.namelist()
        data = json.loads(archive.read("data.json"))["tables"]
        page = archive.read(next(name for name in names if name.endswith(".html"))).decode()
        assert archive.read(f"files/{attachment.id}-foto-customer.jpg") == b"a photo"
    assert {table: [row["id"] for row in rows] for table, rows in data.items()} == wanted and {"step", "letter", "reply", "consent"} <= set(wanted)
    assert "Budi Santoso" in page and "Lampu LOS merah sejak pagi." in page and "<script" not in page
    everything = json.dumps(data) + page
    assert "Siti Aminah" not in everything and "Agus Wijaya" not in everything and "PLG-000002" not in everything
    for column in ("password", "fs_uniquifier", "token", "storage_key", "tf_totp_secret"):
        assert f'"{column}"' not in json.dumps(list(data["user"])) + json.dumps(list(data["user_session"])) + json.dumps(list(data["attachment"])), column
    # The customer fetches it when it is granted, and nobody else does.
    own, other = browser("customer"), browser("customer2")
    assert own.get(f"/data/{number}/file").status_code == 404
    assert boss.send(f"{BASE}/move/?id={request.id}&verb=fulfil", {"answer": "Silakan unduh.", "evidence": "Salinan dibuat."}).status_code == 302
    assert own.get(f"/data/{number}/file").mimetype == "application/zip"
    assert other.get(f"/data/{number}/file").status_code == 404
    assert f"/data/{number}/file" in own.get("/data").text and "Salinan dibuat." not in own.get("/data").text


@SQLITE
def test_a_file_that_the_store_has_lost(app, browser, caplog):
    """It is missing in the copy, which is whole but for it; the log names it."""
    with app.app_context():
        request, lost = one(PdpRequest, kind=PdpKind.ACCESS).id, one(Attachment, name="foto-customer.jpg").id
    with zipfile.ZipFile(BytesIO(browser("administrator").get(f"{BASE}/copy/?id={request}").data)) as archive:
        data = json.loads(archive.read("data.json"))["tables"]
        assert [name for name in archive.namelist() if name.startswith("files/")] == [] and [row["id"] for row in data["attachment"]] == [lost]
    assert f"the store has lost attachment {lost}" in caplog.text


@SQLITE
def test_who_has_gone_long_ago(app, browser):
    """Without an account, ended, and with a second request: the words go, the other request is taken back."""
    with app.app_context():
        customer, support = one(Customer, number="PLG-000003"), one(User, email=email("support"))
        move(customer.subscriptions[0], "end", support, now(), reason="Pindah")
        move(customer, "end", support, now(), reason="Pindah")
        db.session.commit()
        request, other = asked(number="PLG-000003"), asked(PdpKind.RESTRICTION, number="PLG-000003")
    assert type_number(app, browser("administrator"), "PLG-000003", request).status_code == 302
    with app.app_context():
        row = db.session.get(PdpRequest, request)
        assert (row.status, db.session.get(PdpRequest, other).status) == (PdpStatus.FULFILLED, PdpStatus.WITHDRAWN)
        assert row.customer.erased_at is not None and row.customer.name != "Agus Wijaya" and row.customer.status.value == "ended"
        assert not [step for step in db.session.query(Step).filter_by(table="customer", row_id=row.customer_id) if "Agus" in repr((step.before, step.after))]


@pytest.mark.parametrize(("column", "stands"), [
    (Customer.__table__.c.number, "X-000007"), (Customer.__table__.c.email, None), (Customer.__table__.c.phone, ""), (Customer.__table__.c.name, MASK),
    (User.__table__.c.email, "erased-7@erased.invalid"), (Letter.__table__.c.data, {}),
])
def test_what_stands_there_instead(column, stands):
    """Nothing where that is possible, else what fits the column and says nothing."""
    assert columns.instead(column, 7) == stands


@SQLITE
def test_the_name_of_the_copy_has_no_name(app):
    """Not in the file's name, which stands in lists of downloads."""
    with app.app_context():
        assert copying.name_of(one(Customer, number=NUMBER), now()).startswith(NUMBER)

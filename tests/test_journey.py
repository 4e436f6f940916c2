"""The main job in a real browser: from registration to the manager's export, on phone and desktop."""

import csv
import io
import re

import pytest
from PIL import Image

from ecrm.extensions import db
from ecrm.models import Complaint, Customer, User
from ecrm.models.base import now
from tests.chromium import DESKTOP, PHONE, expect, window  # noqa: F401 - fixtures
from tests.outbox import connect, office, outbox, run  # noqa: F401 - fixtures
from tests.world import PASSWORD, email, one

SUBJECT = "Wifi menyala, internet tidak"


def link_in_letter(app, office, address, path):
    """Deliver what waits, and return the path of the link in the newest letter to somebody, as they would tap it."""
    with app.app_context():
        run(now())
    letter = [message for message in office.received if address in str(message["To"])][-1]
    found = re.search(rf"https?://[^/\s]+({path}\S+)", letter.get_body(("plain",)).get_content())
    assert found, f"no link to {path} in the letter to {address}"
    return found.group(1)


def log_in(page, address, password=PASSWORD):
    """Log in by the form."""
    page.goto("/login")
    page.fill("[name=email]", address)
    page.fill("[name=password]", password)
    page.click("main form [type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def photo():
    """A photo of a modem, as a phone makes it."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(file, "JPEG")
    return {"name": "modem.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.mark.only("mariadb")
def test_from_registration_to_export(app, window, photo, office, connect):  # noqa: F811
    """A customer registers, verifies, logs in, complains; support assigns; the technician resolves; the manager exports."""
    connect(office.port)
    customer, support, technician, manager = window(PHONE), window(DESKTOP), window(PHONE), window(DESKTOP)
    _register(app, office, customer)
    number = complain(app, customer, photo)
    with app.app_context():
        person = str(one(User, email=email("technician")).id)
    _assign(support, number, person)
    _resolve(technician, number)
    _confirm(app, customer, number)
    _export(manager, number)


def _register(app, office, page):
    page.goto("/register")
    page.fill("[name=name]", "Dewi Lestari")
    page.fill("[name=email]", "dewi@test.example")
    page.fill("[name=phone]", "0812 3456 7890")
    page.select_option("[name=branch_id]", index=2)  # Batam has an outage
    page.fill("[name=password]", "kopi-tubruk-77")
    page.fill("[name=password_confirm]", "kopi-tubruk-77")
    page.click("main form [type=submit]")
    page.wait_for_load_state()
    with app.app_context():
        assert not db.session.query(Customer).filter_by(name="Dewi Lestari").count(), "nobody before the e-mail is verified"
    page.goto(link_in_letter(app, office, "dewi@test.example", "/confirm/"))
    log_in(page, "dewi@test.example", "kopi-tubruk-77")
    with app.app_context():
        assert db.session.query(Customer).filter_by(name="Dewi Lestari", phone="+6281234567890").count() == 1


def complain(app, page, photo):
    """Enter a complaint with a photo; return its number."""
    page.goto("/complaints/new")
    page.locator("[name=category]").first.check()
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=description]", "Sejak pukul enam pagi, semua perangkat.")
    page.set_input_files("[type=file]", photo)
    page.click("form:has([name=description]) [type=submit]")
    expect(page.locator("h1")).to_have_text(SUBJECT)
    with app.app_context():
        row = db.session.query(Complaint).filter_by(subject=SUBJECT).one()
        assert [file.media_type for file in row.attachments] == ["image/jpeg"]
        return row.number


def _open(page, role, number):
    page.goto(f"/admin/{role}/complaint/?search={number}")
    page.locator("table").get_by_role("link", name=number).first.click()
    expect(page.locator("h1")).to_contain_text(SUBJECT)


def _assign(page, number, technician):
    log_in(page, email("support"))
    _open(page, "support", number)
    page.click("#verb-assign summary")
    page.select_option("#verb-assign select", value=technician)
    page.click("[data-verb=assign]")
    page.fill("#answer textarea", "Teknisi kami datang hari ini.")
    page.click("#send-reply")
    expect(page.locator("#conversation")).to_contain_text("Teknisi kami datang hari ini.")


def _resolve(page, number):
    log_in(page, email("technician"))
    page.get_by_text(SUBJECT).first.click()
    page.click("[data-verb=start]")
    page.click("#verb-resolve summary")
    page.fill("#verb-resolve textarea", "Konektor diganti.")
    page.click("[data-verb=resolve]")
    expect(page.locator("#verb-resolve")).to_have_count(0)


def _confirm(app, page, number):
    page.goto("/home")
    page.goto(f"/complaints/{number}")
    expect(page.locator("main")).to_contain_text("Konektor diganti.")
    expect(page.locator("main")).to_contain_text("Teknisi kami datang hari ini.")
    page.click("form[action$='/confirm'] [type=submit]")
    page.locator("[name=rating][value='5']").check(force=True)
    page.click("form[action$='/rating'] [type=submit]")
    page.wait_for_load_state()
    with app.app_context():
        row = db.session.query(Complaint).filter_by(number=number).one()
        assert (row.status.value, row.rating) == ("closed", 5)


def _export(page, number):
    log_in(page, email("manager"))
    page.goto(f"/admin/manager/complaint/?search={number}")
    with page.expect_download() as download:
        page.locator("a[href*='/export/csv/']").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert len(rows) == 1 and number in rows[0] and SUBJECT in rows[0]

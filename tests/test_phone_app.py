"""The technician's and the customer's sites as apps of a phone, and what a customer writes where there is no network."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import expect

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint
from tests.browsing import phone, street, town, until  # noqa: F401 - fixtures
from tests.staff import photo
from tests.world import PASSWORD, email, one

SITES = {"technician": ("/admin/technician/", "technician"), "customer": ("/home", "customer")}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("language", "word"), [("id", "Teknisi|Pelanggan"), ("en", "Technician|Customer")])
def test_the_manifest_names_start_and_icons(town, site, language, word):  # noqa: F811
    """In the reader's language; each icon is a picture of the size that the manifest says."""
    client = town.test_client()
    answer = client.get(f"/{site}.webmanifest", headers={"Accept-Language": language})
    manifest = json.loads(answer.get_data(as_text=True))
    assert answer.mimetype == "application/manifest+json"
    assert manifest["short_name"] in word.split("|") and manifest["lang"] == language
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (SITES[site][0], "/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        picture = Image.open(io.BytesIO(client.get(icon["src"]).data))
        assert picture.format == "PNG" and f"{picture.width}x{picture.height}" == icon["sizes"]


@pytest.mark.parametrize("site", SITES)
def test_the_worker_may_look_after_the_whole_site_and_is_asked_for_anew(town, site):  # noqa: F811
    """It lies at the root; what it keeps exists, and nothing of it is anybody's."""
    client = town.test_client()
    answer = client.get(f"/{site}-worker.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    shell = json.loads(answer.get_data(as_text=True).partition(" = ")[2].partition(";\n")[0])
    for address in (*shell["files"], *shell["scripts"], *shell["pages"].values()):
        assert client.get(address).status_code == 200, address
    person = town.test_client().become(SITES[site][1])
    assert person.get(f"/offline/{site}/id").get_data() == client.get(f"/offline/{site}/id").get_data()
    assert client.get(f"/{site}-worker.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("site", SITES)
def test_the_site_can_be_installed(phone, site):  # noqa: F811
    """Chromium finds the manifest without fault, and the service worker takes charge."""
    address, person = SITES[site]
    phone.become(person)
    phone.page.goto(address)
    phone.settled()
    devtools = phone.context.new_cdp_session(phone.page)
    found = devtools.send("Page.getAppManifest")
    assert not found["errors"] and found["url"].endswith(f"/{site}.webmanifest") and found["data"]
    faults = {fault["errorId"] for fault in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert faults <= {"in-incognito"}, faults  # which every window of a test is
    assert phone.page.locator("link[rel=apple-touch-icon]").count() == 1
    assert phone.page.locator("meta[name=theme-color]").count() == 2


def fill(page):
    """Write a complaint."""
    page.locator("[name=category]").first.check()
    page.fill("[name=subject]", "Wifi mati total")
    page.fill("[name=description]", "Sejak hujan tadi malam.")


def count(app):
    """Return how many complaints there are of what was written."""
    with app.app_context():
        return db.session.query(Complaint).filter_by(subject="Wifi mati total").count()


@pytest.fixture
def customer(phone, town):  # noqa: F811
    """The customer's phone, on the form of a new complaint."""
    phone.become("customer")
    phone.page.goto("/home")
    phone.settled()
    phone.page.goto("/complaints/new")
    yield phone
    with town.app_context():
        for row in db.session.query(Complaint).filter_by(subject="Wifi mati total"):
            row.subject = "Lama"
        db.session.commit()


def test_a_complaint_written_without_a_network_is_still_there_when_it_is_back(customer, town):  # noqa: F811
    """The button says so; the form is filled in again, is sent, and then forgotten."""
    page = customer.page
    fill(page)
    customer.lose_network()
    page.click("main form [type=submit]")
    expect(page.locator("form .message-warning")).to_contain_text("Tidak ada jaringan")
    page.goto("/complaints/new")
    expect(page.locator("#kept")).to_be_visible()
    customer.find_network()
    expect(page.locator("[name=subject]")).to_have_value("Wifi mati total")
    assert page.locator("[name=category]").first.is_checked()
    page.click("main form.form [type=submit]:not(.message *)")
    expect(page.locator("h1")).to_have_text("Wifi mati total")
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 0)")
    assert count(town) == 1
    page.goto("/complaints/new")
    expect(page.locator("[name=subject]")).to_have_value("")


def test_photos_are_chosen_once(customer, town):  # noqa: F811
    """Large ones shrink on the phone; they are there again after a refusal, without a network, and after a session that ended."""
    page = customer.page
    file, name = photo(size=(3400, 2200))
    large = file.getvalue()
    page.set_input_files("#files", {"name": name, "mimeType": "image/jpeg", "buffer": large})
    chosen = page.locator(".chosen li")
    expect(chosen).to_have_count(1)
    width, size = page.evaluate("""createImageBitmap(document.getElementById("files").files[0]).then(
        (picture) => [picture.width, document.getElementById("files").files[0].size])""")
    assert width == 2560 and size < len(large)
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 1 && all[0].files.length === 1)")
    page.click("main form [type=submit]")  # nothing is written yet
    expect(page.locator("#subject-error")).to_be_visible()
    expect(chosen).to_have_count(1)
    expect(page.locator("#files-error")).to_be_hidden()
    fill(page)
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 1 && all[0].values.some((pair) => pair[1] === 'Sejak hujan tadi malam.'))")
    customer.lose_network()
    page.click("main form [type=submit]")
    expect(page.locator("form .message-warning")).to_be_visible()
    page.goto("/complaints/new")
    customer.find_network()
    expect(page.locator("[name=subject]")).to_have_value("Wifi mati total")
    expect(chosen).to_have_count(1)
    customer.context.clear_cookies()
    page.click("main form.form [type=submit]:not(.message *)")
    page.fill("[name=email]", email("customer"))
    customer.forgive(401)
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    expect(page.locator("[name=subject]")).to_have_value("Wifi mati total")
    expect(chosen).to_have_count(1)
    page.click("main form.form [type=submit]:not(.message *)")
    expect(page.locator("h1")).to_have_text("Wifi mati total")
    with town.app_context():
        row = one(Complaint, subject="Wifi mati total")
        assert db.session.query(Attachment).filter_by(complaint_id=row.id).count() == 1
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 0)")


def test_a_complaint_whose_answer_was_lost_is_entered_once(customer, town):  # noqa: F811
    """The phone believes that it was not sent; sent again it is the same complaint."""
    page = customer.page
    fill(page)
    customer.line.loses = True
    page.click("main form.form [type=submit]")
    expect(page.locator("#kept")).to_be_visible()
    customer.line.loses = False
    page.click("#again")
    expect(page.locator("[name=subject]")).to_have_value("Wifi mati total")
    page.click("main form.form [type=submit]")
    expect(page.locator("h1")).to_have_text("Wifi mati total")
    assert count(town) == 1


def test_a_reply_that_was_begun_is_there_again_until_it_is_thrown_away(customer, town):  # noqa: F811
    """On its own complaint's page only, and not for another person."""
    page = customer.page
    with town.app_context():
        number = one(Complaint, subject="Tagihan ganda").number
    page.goto(f"/complaints/{number}")
    page.fill("[name=text]", "Lampunya masih merah")
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 1)")
    page.goto("/home")
    page.goto(f"/complaints/{number}")
    expect(page.locator("[name=text]")).to_have_value("Lampunya masih merah")
    page.click(".message-info button")
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 0)")
    expect(page.locator("[name=text]")).to_have_value("")
    page.fill("[name=text]", "Lampunya masih merah")
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 1)")
    customer.become("customer2")
    page.goto("/home")
    until(page, "ecrm.store.all('drafts').then((all) => all.length === 0)")

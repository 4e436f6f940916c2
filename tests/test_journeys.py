"""What each role does all day, in a real browser under the real policy: with the keyboard alone, on a phone, in the dark, in both languages."""

import csv
import re

import pytest

from ecrm.extensions import db
from ecrm.models import Attachment, Branch, Complaint, Customer, Installation, User, WorkingHours
from ecrm.models.account import Language
from tests.chromium import DESKTOP, PHONE, expect, window  # noqa: F401 - fixtures
from tests.conftest import ONE_DATABASE
from tests.test_journey import photo  # noqa: F401 - fixture
from tests.world import email, one

pytestmark = ONE_DATABASE  # the browser sees no difference; the other tests do
# The outline of what has the focus, and whether a part of it can be seen.
FOCUS = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0];
  const looks = [getComputedStyle(at), ...(label && ["checkbox", "radio"].includes(at.type) ? [getComputedStyle(label), getComputedStyle(label, "::before")] : [])];
  return [at.tagName + " " + (at.id || at.name || at.textContent.trim().slice(0, 30)), at.tagName === "BODY" || looks.some((look) =>
    look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2)];
}"""


def speak(app, person, language):
    """Let an account have a language."""
    with app.app_context():
        one(User, email=email(person)).language = language
        db.session.commit()


def press_to(page, selector, most=60, key="Tab"):
    """Press Tab, or Shift+Tab, until the focus is on an element, each stop to be seen; what cannot be reached fails."""
    page.wait_for_load_state()
    for _press in range(most):
        page.keyboard.press(key)
        where, seen = page.evaluate(FOCUS)
        assert seen, f"{page.url}: the focus on {where} cannot be seen"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{page.url}: {selector} cannot be reached with the keyboard")


def count(app, model, **columns):
    """Return how many rows have these column values."""
    with app.app_context():
        return db.session.query(model).filter_by(**columns).count()


def test_a_customer_complains_by_keyboard(app, window):  # noqa: F811
    """On a phone in the dark: past the menu by the skip link, to the first error of a blank form, and to the sent complaint."""
    page = window(PHONE, person="customer", color_scheme="dark")
    page.goto("/home")
    press_to(page, ".skip-link")
    page.keyboard.press("Enter")
    press_to(page, "main a[href$='/complaints/new']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sampaikan keluhan")
    press_to(page, "main [type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[name=category]").first).to_be_focused()  # the first error
    page.keyboard.press("Space")
    press_to(page, "[name=subject]")
    page.keyboard.type("Lambat sejak tadi")
    press_to(page, "[name=description]")
    page.keyboard.type("Semua perangkat.")
    press_to(page, "[type=file]")
    press_to(page, "main [type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Lambat sejak tadi")
    assert count(app, Complaint, subject="Lambat sejak tadi") == 1


def test_support_takes_a_call_by_keyboard(app, window):  # noqa: F811
    """In English in the dark: a complaint by telephone, assigned and answered, without a mouse."""
    speak(app, "support", Language.ENGLISH)
    page = window(language="en-US", person="support", color_scheme="dark")
    page.goto("/admin/support/complaint/")
    press_to(page, ".skip")
    page.keyboard.press("Enter")
    press_to(page, "#new")
    page.keyboard.press("Enter")
    expect(page.locator("#customer-lookup")).to_be_visible()
    press_to(page, "#customer-lookup")
    page.keyboard.type("Budi")
    expect(page.locator("[role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#customer-lookup")).to_have_value(re.compile("Budi Santoso"))
    press_to(page, "[name=category]")
    page.keyboard.press("ArrowDown")
    press_to(page, "[name=subject]")
    page.keyboard.type("Modem panas")
    press_to(page, "[name=description]")
    page.keyboard.type("   ")  # which the browser lets pass
    press_to(page, "#save")
    page.keyboard.press("Enter")
    wrong = page.locator("[name=description][aria-invalid=true]")
    expect(wrong).to_be_focused()
    said = wrong.get_attribute("aria-describedby").split()
    assert [page.locator(f"#{name}").inner_text().strip() for name in said if name.endswith("-error")] == ["This field is required."]
    page.keyboard.type("Modem panas sekali.")
    press_to(page, "#save")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Modem panas")
    press_to(page, "#verb-assign summary")
    page.keyboard.press("Enter")
    expect(page.locator("#verb-assign select")).to_be_focused()
    page.keyboard.press("ArrowDown")
    press_to(page, "[data-verb=assign]")
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_be_visible()
    press_to(page, "#text")
    page.keyboard.type("Kami kirim teknisi.")
    press_to(page, "#send-reply")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_contain_text("Kami kirim teknisi.")
    with app.app_context():
        row = one(Complaint, subject="Modem panas")
        assert row.status.value == "assigned" and row.technician and row.channel.value == "phone"


def test_a_technician_answers_with_a_photo(app, window, photo):  # noqa: F811
    """On a phone in the dark: the job, its start, a message with a photo."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Attachment.__table__.delete())  # the little company's have no file behind them
    page = window(PHONE, person="technician", color_scheme="dark")
    page.goto("/admin/technician/")
    page.get_by_text("Lampu LOS merah").first.click()
    page.click("[data-verb=start]")
    expect(page.locator("[data-verb=start]")).to_have_count(0)
    page.fill("#answer textarea", "Kabel putus, saya sambung.")
    page.set_input_files("#files", photo)
    page.click("#send-reply")
    expect(page.locator("#conversation img")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_sales_registers_and_surveys(app, window):  # noqa: F811
    """In English: an application, its look-ups, and the survey."""
    speak(app, "sales", Language.ENGLISH)
    page = window(language="en-US", person="sales")
    page.goto("/admin/sales/installation/new/")
    page.fill("[name=applicant_name]", "Rudi Hartono")
    page.fill("[name=applicant_phone]", "0813 1111 2222")
    page.fill("[name=applicant_email]", "rudi@test.example")
    page.fill("[name=address]", "Jl. Kapuk 77")
    for name in ("area", "plan"):
        look_up(page, name)
    page.click("#save")
    expect(page.locator("h1")).to_contain_text("PSB-")
    page.click("#verb-survey summary")
    page.fill("#verb-survey textarea", "Tiang terdekat 25 m")
    page.click("[data-verb=survey]")
    expect(page.locator(".alert-success")).to_contain_text("Done")
    with app.app_context():
        assert one(Installation, applicant_name="Rudi Hartono").status.value == "surveyed"


def look_up(page, name):
    """Choose the first row of a relation: from a list, or by the look-up of a large table."""
    if page.locator(f"select[name={name}]").count():
        page.select_option(f"select[name={name}]", index=1)
    else:
        page.fill(f"#{name}-lookup", "a")
        page.locator("[role=option]").first.click()


def test_the_administrator_makes_an_account_and_deletes_a_row(app, window):  # noqa: F811
    """A new account; and deleting asks before it deletes."""
    page = window(person="administrator")
    page.goto("/admin/administrator/user/new/")
    page.fill("[name=name]", "Wulan")
    page.fill("[name=email]", "wulan@test.example")
    page.get_by_label("Teknisi", exact=True).check(force=True)
    page.click("#save")
    expect(page.locator("h1")).to_contain_text("Wulan")
    with app.app_context():
        row = db.session.query(WorkingHours).first()
        number, name = row.id, str(row)
    page.goto(f"/admin/administrator/working_hours/details/?id={number}")
    expect(page.locator("#delete-for-good")).to_be_hidden()
    page.click("#delete summary")
    expect(page.locator("#delete")).to_contain_text(name)
    assert count(app, WorkingHours, id=number) == 1, "nothing is deleted before the question is answered"
    page.click("#delete-for-good")
    expect(page.locator(".alert-success")).to_be_visible()
    assert count(app, WorkingHours, id=number) == 0 and count(app, User, name="Wulan") == 1


def test_the_manager_follows_a_number_to_its_rows(app, window):  # noqa: F811
    """In English in the dark: a number of a recap opens the list it counts; the recap is exported and printed."""
    speak(app, "manager", Language.ENGLISH)
    page = window(language="en-US", person="manager", color_scheme="dark")
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    page.goto("/admin/manager/recaps/complaints/")
    with page.expect_download() as download:
        page.click("#file-csv")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        assert ["Recap of complaints"] in [line[:1] for line in csv.reader(file)]
    page.click("[data-print]")
    assert page.evaluate("document.documentElement.dataset.printed") == "yes"
    number = page.locator("#recap table .is-total a").first
    wanted = int(number.inner_text())
    number.click()
    expect(page.locator("#count")).to_have_attribute("data-count", str(wanted))


def test_filters_and_bulk_verbs(app, window):  # noqa: F811
    """A filter is applied at once and taken away as a chip; days are chosen; a verb for many rows asks first, and may be called off."""
    page = window(person="support")
    page.goto("/admin/support/customer/?view=all")
    before = int(page.get_attribute("#count", "data-count"))
    page.locator(".filter select").first.select_option(index=1)
    page.wait_for_url(re.compile("flt"))
    expect(page.locator("#chips .chip")).to_have_count(1)
    page.click("#chips .chip")
    expect(page.locator("#count")).to_have_attribute("data-count", str(before))
    page.goto("/admin/support/complaint/?view=all")
    page.locator("label.filters-button").click()
    page.get_by_role("textbox", name="Dibuka, dari").fill("1/1/2020")
    page.click("#apply-filters")
    expect(page.locator("#chips .chip")).to_contain_text("1 Jan 2020")
    asked = []
    page.goto("/admin/support/bandwidth_grant/?view=all")
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator("[data-all]").check()
    page.locator("#action_form button").first.click()
    assert asked and page.url.endswith("view=all")
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.locator("#action_form button").first.click()
    page.click("#approve-chosen")  # after the page that says what they cost
    expect(page.locator(".alert").first).to_be_visible()
    assert len(asked) == 2 and count(app, Customer) == 4 and count(app, Branch) == 2


def test_bulk_verbs_on_a_phone(app, window):  # noqa: F811
    """They take no room until a row is chosen; then they stand at the foot of the screen, however far down the row is."""
    page = window(PHONE, person="support")
    page.goto("/admin/support/complaint/?view=all")
    verbs = page.locator("#action_form")
    expect(verbs).to_be_hidden()
    last = page.locator("[name=rowid]").last
    last.check()
    expect(verbs).to_be_in_viewport()
    expect(page.locator("[data-chosen]")).to_have_text("1")
    assert verbs.bounding_box()["height"] < PHONE["height"] / 8 and not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    foot, bar = page.locator("main").bounding_box(), verbs.bounding_box()
    assert foot["y"] + foot["height"] <= bar["y"] + 1, "the end of the page is not behind them"
    last.uncheck()
    expect(verbs).to_be_hidden()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=("desktop", "phone"))
def test_a_word_without_end_stays_on_the_screen(app, window, size):  # noqa: F811
    """What was searched for stands above the list, broken where it has to be."""
    page = window(size, person="support")
    page.goto(f"/admin/support/complaint/?view=all&search={'x' * 900}")
    expect(page.locator("#chips .chip").first).to_contain_text("xxx")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

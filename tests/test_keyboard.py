"""Menus, dialogs and bulk verbs with the keyboard alone; the ring around what has the focus, measured on the screen."""

import io
import re

import pytest
from PIL import Image

from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Complaint, Promo
from tests.chromium import DESKTOP, PHONE, expect, window  # noqa: F401 - fixtures
from tests.conftest import ONE_DATABASE
from tests.test_journeys import press_to
from tests.world import one

pytestmark = ONE_DATABASE  # what a browser does is the same on both
AT = "(selector) => Boolean(document.activeElement.closest(selector))"
LEAST = 3  # WCAG 1.4.11 and 2.4.13: contrast of the ring to what is beside it


def press(page, *keys):
    """Press keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def test_a_bulk_verb(app, window):  # noqa: F811
    """Choose a row, go back to the verb; who says no is where they were, who says yes is told what was done."""
    page, asked = window(person="support"), []
    page.goto("/admin/support/bandwidth_grant/?view=all")
    press_to(page, "[name=rowid]", most=120)
    press(page, "Space")
    expect(page.locator("[data-chosen]")).to_have_text("1")
    press_to(page, "#action_form button", key="Shift+Tab")
    for answer in ("dismiss", "accept"):
        page.once("dialog", lambda dialog, answer=answer: (asked.append(dialog.message), getattr(dialog, answer)()))
        press(page, "Enter")
        if answer == "dismiss":
            expect(page.locator("#action_form button").first).to_be_focused()
            expect(page.locator("[data-chosen]")).to_have_text("1")
    page.wait_for_url("**/approve/**")  # the page that says what they cost
    press_to(page, "#approve-chosen", most=120)
    press(page, "Enter")
    expect(page.locator(".alert").first).to_be_visible()
    assert len(asked) == 2
    with app.app_context():
        assert db.session.query(BandwidthGrant).filter_by(status="active").count() == 1


def test_menus(app, window):  # noqa: F811
    """The account's, the sidebar's folds, the filters, the kept views and the exports: in, through, out, and back where one was."""
    page = window(person="support")
    page.goto("/admin/support/complaint/?flt0_status=unsolved")
    press_to(page, ".person summary")
    press(page, "Enter", "Tab")
    assert page.evaluate(AT, ".person-menu a")
    press(page, "Escape")
    expect(page.locator(".person-menu")).to_be_hidden()
    expect(page.locator(".person summary")).to_be_focused()
    press_to(page, ".sidebar details:not([open]) summary", most=80)
    press(page, "Enter", "Tab")
    assert page.evaluate(AT, ".sidebar details[open] a")
    press_to(page, "#export-csv")
    with page.expect_download() as sent:
        press(page, "Enter")
    assert sent.value.suggested_filename.endswith(".csv")
    press_to(page, "#filters-toggle")
    few = page.locator(".filter-fields .filter:visible").count()
    press(page, "Space")
    assert page.locator(".filter-fields .filter:visible").count() > few
    press_to(page, ".filter select[name$=_priority]")
    here = page.url
    press(page, "ArrowDown", "ArrowDown")  # past the first, which is not asked for
    expect(page.locator("#apply-filters")).to_be_visible()
    assert page.url == here
    press(page, "Enter")
    expect(page.locator("#chips .chip:not(.chip-clear)")).to_have_count(2)
    press_to(page, ".keep summary")
    press(page, "Enter", "Tab")
    expect(page.locator("#view-name")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#view-name")).to_be_hidden()
    expect(page.locator(".keep summary")).to_be_focused()


def test_dialogs(app, window):  # noqa: F811
    """The keys, a verb that asks for something, and what is deleted for good."""
    page = window(person="support")
    with app.app_context():
        complaint, promo = one(Complaint, subject="Tagihan ganda").id, db.session.query(Promo).first().id
    page.goto(f"/admin/support/complaint/details/?id={complaint}")
    press_to(page, "#verb-cancel summary", most=120)
    press(page, "Enter")
    expect(page.locator("#verb-cancel textarea")).to_be_focused()
    page.keyboard.type("Dobel")
    press(page, "Escape")
    expect(page.locator("#verb-cancel textarea")).to_be_hidden()
    expect(page.locator("#verb-cancel summary")).to_be_focused()
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    assert page.evaluate(AT, "#keys")
    press(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#verb-cancel summary")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#verb-cancel textarea")).to_have_value("Dobel")
    page.on("dialog", lambda dialog: dialog.accept())  # what was typed is thrown away
    page.goto(f"/admin/support/promo/details/?id={promo}")
    press_to(page, ".removal summary", most=120)
    press(page, "Enter")
    press_to(page, ".removal button")
    assert re.search("Hapus", page.evaluate("document.activeElement.textContent"))


RINGS = {
    ("support", "/admin/support/complaint/?view=all"): ("#find", ".person summary", ".sidebar a", "#new", "#export-csv", "#search", ".filter select", ".row-link", "[name=rowid]"),
    ("support", "/admin/support/promo/new/"): ("#code", "#text", "#valid_from-text", ".date-open", "#save", ".form-buttons a"),
    ("customer", "/home"): (".greeting a", "main .card-link", ".tabs a[href$='/complaints']"),
    ("customer", "/complaints/new"): ("[name=category]", "#subject", "#description", "main [type=submit]", "footer a", "header a"),
    (None, "/"): (".hero .btn-sun", ".hero .btn-on-dark", "header a"),
}


def luminance(colour):
    """Return the relative luminance of a pixel, as WCAG reckons it."""
    parts = [value / 255 for value in colour[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one_colour, other):
    """Return the contrast of two pixels, from 1 to 21."""
    low, high = sorted((luminance(one_colour), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ring(page, selector):
    """Return the least contrast of the ring to the pixels inside and outside it, left of the first element that is seen."""
    place = page.evaluate("""(selector) => {
        const at = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
        at.focus({focusVisible: true});
        at.scrollIntoView({block: "center"});
        const seen = getComputedStyle(at).outlineStyle === "none" && at.labels && at.labels[0] || at;  // of a choice the whole line
        const box = seen.getClientRects()[0], look = getComputedStyle(seen);
        return {left: box.left, middle: box.top + box.height / 2, width: parseFloat(look.outlineWidth), gap: parseFloat(look.outlineOffset), style: look.outlineStyle};
    }""", selector)
    assert place["style"] != "none" and place["width"] >= 2, f"{page.url} {selector}: no ring"
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    edge, row = place["left"] - place["gap"], int(place["middle"])
    drawn = picture.getpixel((int(edge - place["width"] / 2), row))
    beside = [int(edge - place["width"] - 2)] + ([int(edge + place["gap"] / 2)] if place["gap"] >= 2 else [])
    return min(contrast(drawn, picture.getpixel((column, row))) for column in beside if column >= 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ring_around_the_focus_is_seen(app, window, theme):  # noqa: F811
    """Three to one at least, to what is inside and outside it, of each kind of control on both sites."""
    found = {}
    for (person, address), selectors in RINGS.items():
        page = window(DESKTOP if person == "support" else PHONE, person=person, color_scheme=theme, reduced_motion="reduce")
        page.goto(address)
        found |= {f"{address} {selector}": ring(page, selector) for selector in selectors}
    assert {place: round(value, 2) for place, value in found.items() if value < LEAST} == {}

"""The staff's desk in a real browser: the keyboard, changes that are not sent, and lists that fit the usual screen."""

import pytest

from tests.chromium import DESKTOP, expect, window  # noqa: F401 - fixtures
from tests.conftest import ONE_DATABASE
from tests.test_journey import log_in
from tests.world import email

pytestmark = ONE_DATABASE  # what a browser does is the same on both
HERE = "document.activeElement.textContent.trim()"


def desk(window, role="support", **options):  # noqa: F811
    """Open a window of a staff member who is logged in."""
    page = window(options.pop("size", DESKTOP), **options)
    log_in(page, email(role))
    return page


def test_keys_walk_a_list(window):  # noqa: F811
    """j and k move the cursor along the rows, x chooses, Enter opens; / finds, n begins, g leads elsewhere."""
    page = desk(window)
    page.goto("/admin/support/complaint/")
    numbers = page.locator("#rows .row-link").all_inner_texts()
    assert len(numbers) > 1
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate(HERE) == numbers[place]
    plain, marked = (page.locator("#rows tbody tr").nth(place).locator("td").nth(2).evaluate("cell => getComputedStyle(cell).backgroundColor")
                     for place in (1, 0))
    assert plain != marked, "the row under the cursor looks different"
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator(".kind")).to_contain_text(numbers[0])
    page.keyboard.press("e")
    page.wait_for_url("**/complaint/edit/**")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/support/complaint/")
    page.keyboard.press("n")
    page.wait_for_url("**/complaint/new/**")


def test_keys_leave_typing_alone(window):  # noqa: F811
    """What is typed into a field is text; with Ctrl it is the browser's; Escape gives the keys back."""
    page = desk(window)
    page.goto("/admin/support/complaint/")
    page.keyboard.press("/")
    page.keyboard.type("njk/?g")
    expect(page.locator("#search")).to_have_value("njk/?g")
    expect(page.locator("#keys")).not_to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+j")
    assert not page.evaluate("Boolean(document.activeElement.closest('#rows'))")
    page.keyboard.press("j")
    assert page.evaluate("Boolean(document.activeElement.closest('#rows'))")


def test_the_keys_are_shown_and_can_be_switched_off(window):  # noqa: F811
    """? opens them, Escape closes; the person's menu names them; without single keys, ? is only a character (WCAG 2.1.4)."""
    page = desk(window)
    page.goto("/admin/support/complaint/")
    dialog = page.locator("#keys")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Baris berikutnya")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.click(".person summary")
    page.click("[data-keys]")
    dialog.get_by_label("tombol tunggal").uncheck(force=True)
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(dialog).not_to_be_visible()
    assert not page.evaluate("Boolean(document.activeElement.closest('#rows'))")


def test_leaving_unsaved_changes_asks_first(window):  # noqa: F811
    """Only where something was changed, and not when it is sent; who stays finds it as it was."""
    page, asked = desk(window), []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    page.goto("/admin/support/plan/new/")
    page.click("#name")
    page.click(".back a")
    page.wait_for_url("**/support/plan/")
    assert asked == []
    page.goto("/admin/support/plan/new/")
    page.fill("#name", "Rumah 500")
    with page.expect_event("dialog"):
        page.click(".back a")
    assert asked == ["beforeunload"] and page.input_value("#name") == "Rumah 500"
    page.fill("#code", "R500")
    page.fill("#down_mbps", "500")
    page.fill("#up_mbps", "0")  # refused by the server: what was typed is nowhere else
    page.fill("#monthly_price", "900000")
    page.evaluate("document.querySelector('.staff-form').noValidate = true")
    page.click("#save")
    expect(page.locator(".invalid-feedback")).to_have_count(1)
    assert asked == ["beforeunload"]
    page.click("#name")
    with page.expect_event("dialog"):
        page.click(".back a")
    assert asked == ["beforeunload"] * 2 and page.input_value("#name") == "Rumah 500"
    page.fill("#up_mbps", "100")
    page.click("#save")
    expect(page.locator(".alert-success")).to_be_visible()
    assert asked == ["beforeunload"] * 2


LISTS = {
    "support": ("complaint", "customer", "subscription", "installation", "bandwidth_grant", "promo_request"),
    "sales": ("installation", "customer"), "manager": ("complaint", "customer", "escalation"),
    "administrator": ("user", "letter", "step"), "technician": ("complaint", "installation"),
}


@pytest.mark.parametrize("role", LISTS)
def test_the_lists_of_a_role_fit_its_screen(window, role):  # noqa: F811
    """No sideways scrolling at 1366×768 in either language; the head of a table stays in sight at any width."""
    page = desk(window, role)
    for table in LISTS[role]:
        page.set_viewport_size(DESKTOP)
        page.goto(f"/admin/{role}/{table}/?view=all")
        wide = page.evaluate("""[document.documentElement, ...document.querySelectorAll('.table-wrap')]
            .filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.className || part.tagName)""")
        assert wide == [], f"{role}/{table}"
    for width in (1366, 1024):
        page.set_viewport_size({"width": width, "height": 300})
        page.goto(f"/admin/{role}/{LISTS[role][0]}/?view=all")
        page.locator("#rows tbody tr").last.scroll_into_view_if_needed()
        head = page.locator("#rows thead th").last.bounding_box()
        last = page.locator("#rows tbody tr").last.bounding_box()
        assert 0 <= head["y"] < last["y"] < 300, f"{role} at {width}: head at {head['y']}, last row at {last['y']}"

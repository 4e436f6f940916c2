"""Every page of every role keeps WCAG 2.2 AA as axe-core reads it, in the light and in the dark theme, on a desktop and on a phone."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ecrm.models.account import RoleName
from tests.chromium import DESKTOP, PHONE, cookie_of, serving
from tests.walk import PEOPLE, gallery, pages, to_read, visitor  # noqa: F401 - fixtures

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that differs between the themes
NARROW = ["target-size", "scrollable-region-focusable", "aria-hidden-focus", "label", "button-name", "link-name", "meta-viewport"]  # what a phone may break anew
PANELS = ["color-contrast", "label", "select-name", "button-name", "aria-valid-attr-value", "duplicate-id-aria"]
RUN = """async ([within, kind, values]) => (await axe.run(within, {
  runOnly: {type: kind, values: values}, resultTypes: ["violations"], elementRef: false,
})).violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.target + " – "
  + node.any.concat(node.all, node.none).map((why) => why.message)[0]).join(" | "))"""
OPEN = "for (const part of document.querySelectorAll('main details:not(.verb)')) part.open = true"
VERB = "(id) => { document.getElementById(id).open = true }"
VERBS = "() => [...document.querySelectorAll('details.verb')].map((verb) => verb.id)"
SEND = """() => {
  const form = document.querySelector("form.staff-form, main form.form");
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) field.value = "";
  form.submit();
}"""
ON_PHONES = (None, RoleName.CUSTOMER, RoleName.TECHNICIAN)  # they work on one
SEEN: dict[Any, set[Any]] = defaultdict(set)  # the pieces that were read: on a desktop, and on a phone by whom

pytestmark = pytest.mark.xdist_group("axe")  # one process: what it has read it need not read again


class Reader:
    """A window of a person, read by axe-core; our policy lets nothing in, so it is set aside for this one purpose."""

    def __init__(self, browser, address, app, person):
        """Open it."""
        self.context = browser.new_context(base_url=address, viewport=DESKTOP, locale="id-ID", bypass_csp=True, reduced_motion="reduce")
        if person:
            self.context.add_cookies([cookie_of(app, person.value, address)])
        self.page, self.verbs = self.context.new_page(), set()

    def read(self, url, size=DESKTOP):
        """Open a page and return what breaks a rule in the light or the dark theme."""
        self.page.set_viewport_size(size)
        self.page.goto(url)
        if size is DESKTOP:
            return self.judge()
        self.page.evaluate(AXE)
        return self.page.evaluate(RUN, ["html", "rule", NARROW])

    def refused(self, url):
        """Send the form of a page with nothing in it, past the browser's own checks, and judge what comes back."""
        self.page.goto(url)
        with self.page.expect_navigation():
            self.page.evaluate(SEND)
        return self.judge()

    def judge(self):
        """Return what breaks a rule on the page that is open: everything unfolded, then each verb's form by itself."""
        self.page.evaluate(AXE)
        self.page.evaluate(OPEN)
        self.page.emulate_media(color_scheme="light")
        broken = ["light " + text for text in self.page.evaluate(RUN, ["html", "tag", TAGS])]
        self.page.emulate_media(color_scheme="dark")
        broken += ["dark " + text for text in self.page.evaluate(RUN, ["html", "rule", COLOURS])]
        for verb in self.page.evaluate(VERBS):
            if verb not in self.verbs:
                self.verbs.add(verb)
                self.page.evaluate(VERB, verb)
                for theme in ("dark", "light"):
                    self.page.emulate_media(color_scheme=theme)
                    broken += [f"{theme}, {verb}: {text}" for text in self.page.evaluate(RUN, [f"#{verb}", "rule", PANELS])]
        return broken


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.value if person else "visitor")
def test_no_page_breaks_a_rule(gallery, chromium, person):  # noqa: F811
    """Pages that have together each piece of all, on a desktop, and on a phone once more for each who works on one."""
    client, found = visitor(gallery, person), {}
    with serving(gallery) as address:
        reader = Reader(chromium, address, gallery, person)
        there = dict(pages(gallery, person, client))
        for url in to_read(there, SEEN["desktop"]):
            found[url] = reader.read(url)
            if ('class="staff-form"' in there[url] and "/edit/" not in url) or 'class="panel form"' in there[url]:
                found[f"{url}, refused"] = reader.refused(url)
        for url in to_read(there, SEEN[person if person in ON_PHONES else "desk"]):
            found[f"{url}, phone"] = reader.read(url, PHONE)
        reader.context.close()
    complaints = [f"{url}: {text}" for url, broken in found.items() for text in broken]
    assert not complaints, "\n".join(complaints)

"""People of the desk who correct addresses of customers, one after the other, and press again until a page says that it was saved."""

import time
from collections import Counter
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Step
from tests.faults.people import AWAY, NotThere, Person, Workers


class Form(HTMLParser):
    """What the largest form of a page would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.inside = self.text = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field."""
        own = dict(attrs)
        if tag == "form":
            self.inside = own.get("id") or own.get("action") or "form"
        elif tag == "input" and own.get("name") and own.get("type") not in ("submit", "file", "checkbox", "radio"):
            self.fields[own["name"]] = own.get("value") or ""
        elif tag == "textarea":
            self.text = own["name"]
            self.fields[self.text] = ""
        elif tag == "select":
            self.select = own["name"]
        elif tag == "option" and "selected" in own and self.select:
            self.fields[self.select] = own.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a text."""
        if tag == "textarea":
            self.text = ""

    def handle_data(self, data: str) -> None:
        """Collect a text."""
        if self.text:
            self.fields[self.text] += data.removeprefix("\r\n").removeprefix("\n")


class Desk(Workers):
    """So many people, each with a customer of their own; what a page acknowledged is in `saved`."""

    def __init__(self, site: Any, customers: list[int]) -> None:
        super().__init__(self._work, customers)
        self.site = site
        self.saved: list[str] = []
        self.seen: list[tuple[float, int]] = []

    def _work(self, customer: int) -> None:
        try:
            person, page = Person(self.site, "support"), f"/admin/support/customer/edit/?id={customer}"
            count = 0
            while not self.stop.is_set():
                count += 1
                self._press(person, page, f"Jl. Gugus {customer} nomor {count}")
        except BaseException as error:
            self.wrong.append(error)

    def _press(self, person: Person, page: str, address: str) -> None:
        while not self.stop.is_set():
            with suppress(NotThere):
                code, text, _where = person.get(page)
                if code in AWAY:
                    raise NotThere(code)
                assert code == 200, (code, text[:1500])
                fields = Form(text).fields
                if fields["address"] == address:  # an answer was lost, the change was not
                    self.saved.append(address)
                    return
                code, text, _where = person.post(page, fields | {"address": address})
                self.seen.append((time.monotonic(), code))
                if code == 302:
                    self.saved.append(address)
                    return
                assert code in (*AWAY, 200, 409), (code, text[:1500])
            time.sleep(0.2)

    def found(self) -> Counter[str]:
        """Return how often each address was written, by the trail."""
        with self.site.app.app_context():
            steps = db.session.scalars(select(Step).filter_by(table="customer", action="update"))
            written = Counter(step.after.get("address", "") for step in steps)
            db.session.remove()
        return Counter({address: count for address, count in written.items() if address.startswith("Jl. Gugus")})

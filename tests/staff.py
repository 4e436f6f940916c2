"""What the tests of the staff's pages share: a page taken apart, addresses, and photos."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser

from PIL import Image
from sqlalchemy import event, select

from ecrm.extensions import db
from ecrm.models import Complaint, Reply
from tests.world import one

JOB = "Lampu LOS merah"
LIST = "/admin/support/complaint/"


class Page(HTMLParser):
    """The elements of a page as (tag, attributes, the open elements around them), and its text."""

    def __init__(self, answer):
        super().__init__()
        self.found, self.open, self.text = [], [], ""
        self.feed(answer.get_data(as_text=True))

    def handle_starttag(self, tag, attrs):
        """Note the element."""
        self.found.append((tag, dict(attrs), list(self.open)))
        if tag not in ("input", "br", "img", "meta", "link", "hr"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Leave the element."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        """Collect the text."""
        self.text += data

    def all(self, tag, **wanted):
        """Return the attributes of the elements with these attributes."""
        elements = [own for name, own, _around in self.found if name == tag]
        return [own for own in elements if all(own.get(key) == value for key, value in wanted.items())]

    def count(self):
        """Return the number of rows that a list says it has."""
        return next(int(own["data-count"]) for _tag, own, _around in self.found if own.get("id") == "count")

    def rows(self):
        """Return the addresses of the rows of a list, in order."""
        return [own["data-href"].partition("&")[0] for own in self.all("tr") if "data-href" in own]

    def verbs(self):
        """Return the verbs that have a button."""
        return {own["data-verb"] for own in self.all("button") if "data-verb" in own}


def id_of(app, subject=JOB):
    """Return the id of a complaint."""
    with app.app_context():
        return one(Complaint, subject=subject).id


def details(role, number):
    """Return the address of a complaint's page."""
    return f"/admin/{role}/complaint/details/?id={number}"


def reply(role, number):
    """Return the address that takes answers."""
    return f"/admin/{role}/complaint/reply/?id={number}"


def photo(name="modem.jpg", size=(64, 48)):
    """Return a photo as a form sends it."""
    file = io.BytesIO()
    Image.effect_noise(size, 90).save(file, "JPEG", quality=95)
    file.seek(0)
    return file, name


def texts_of(app, number, **columns):
    """Return the texts of a complaint's replies."""
    with app.app_context():
        return [row.text for row in db.session.scalars(select(Reply).filter_by(complaint_id=number, **columns).order_by(Reply.id))]


def elsewhere(act):
    """Act in a thread of its own, as another request does, and return what comes of it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


@contextmanager
def meanwhile(model, act):
    """Let somebody else act once at the moment when changed or deleted rows of a table are on their way to the database; for MariaDB, where two write at a time."""
    acted = []

    def overtake(session, _context, _instances):
        if not acted and any(isinstance(row, model) for row in (*session.dirty, *session.deleted)):
            acted.append(True)
            elsewhere(act)

    event.listen(db.session, "before_flush", overtake)
    try:
        yield
    finally:
        event.remove(db.session, "before_flush", overtake)
    assert acted, "nothing was on its way"

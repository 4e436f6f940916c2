"""Attachments that are something else: what a browser could run is refused, or leaves as a picture made anew or a file to save."""

import io

import pytest

from ecrm.extensions import db
from ecrm.models import Attachment
from tests.conftest import ONE_DATABASE
from tests.portal import PNG, typed

pytestmark = ONE_DATABASE

SCRIPT = b"<script>alert(document.domain)</script>"
BAD = {
    "page.html": SCRIPT, "page.png": SCRIPT, "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture.jpg": b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "script.js": b"alert(1)", "page.pdf": b"\n" * 5000 + SCRIPT, "x.php": b"<?php system($_GET['c']);", "x.gif": b"GIF89a/*" + SCRIPT, "x.xml": b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "x.swf": b"CWS" + b"\0" * 50, "x.exe": b"MZ" + b"\0" * 100, "x.zip": b"PK\x03\x04" + b"\0" * 100, "empty.png": b"",
}


@pytest.mark.parametrize("name", BAD)
def test_refused(app, browser, name):
    """By what it is, whatever it is called and said to be; the complaint's words stay."""
    for said in ("image/png", "text/html", "application/pdf"):
        data = typed(app, files=[(io.BytesIO(BAD[name]), name, said)], subject="Dengan lampiran")
        answer = browser("customer").send("/complaints/new", data, content_type="multipart/form-data")
        with app.app_context():
            kept = db.session.query(Attachment).filter_by(name=name).all()
        assert not kept and (answer.status_code == 302 and not BAD[name] or "Dengan lampiran" in answer.text), f"{name} as {said}"


def test_a_picture_that_hides_a_script(app, browser):
    """It is drawn anew: what hung on it is gone, and its type is ours, not the sender's."""
    data = typed(app, files=[(io.BytesIO(PNG + SCRIPT), "foto.html", "text/html")], subject="Foto")
    person = browser("customer")
    assert person.send("/complaints/new", data, content_type="multipart/form-data").status_code == 302
    with app.app_context():
        number = db.session.query(Attachment).order_by(Attachment.id.desc()).first().id
    answer = person.get(f"/attachments/{number}")
    assert answer.content_type.startswith("image/") and SCRIPT not in answer.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"

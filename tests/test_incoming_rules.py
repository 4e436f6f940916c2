"""Truth tables of what comes in: what no person wrote, whose signature counts, which complaint is meant, what is quoted."""

import sys
import time

import pytest

from ecrm.channels import mail
from ecrm.models.incoming import Why
from ecrm.rules import incoming

OWN = ("layanan@prestasi.example", "jawab@prestasi.example")
SECRET = "k" * 43


@pytest.mark.parametrize("headers, sender, why", [
    ({}, "budi@mail.example", None),
    ({"auto-submitted": "no"}, "budi@mail.example", None),
    ({"precedence": "normal", "return-path": "<budi@mail.example>"}, "budi@mail.example", None),
    ({"auto-submitted": "auto-replied; owner-email=x"}, "budi@mail.example", Why.AUTO_REPLY),
    ({"auto-submitted": "auto-generated"}, "budi@mail.example", Why.AUTO_REPLY),
    ({"x-auto-response-suppress": "All"}, "budi@mail.example", Why.AUTO_REPLY),
    ({"precedence": "auto_reply"}, "budi@mail.example", Why.AUTO_REPLY),
    ({"precedence": "BULK"}, "budi@mail.example", Why.BULK),
    ({"list-id": "<warga.mail.example>"}, "budi@mail.example", Why.BULK),
    ({"return-path": "<>"}, "budi@mail.example", Why.BOUNCE),
    ({"content-type": 'multipart/report; report-type="delivery-status"'}, "budi@mail.example", Why.BOUNCE),
    ({}, "MAILER-DAEMON@mail.example", Why.BOUNCE),
    ({}, "noreply@mail.example", Why.BOUNCE),
    ({}, "Layanan@prestasi.example", Why.OWN),
    ({}, "jawab+12-abc@prestasi.example", Why.OWN),
    ({}, "jawab@prestasi.example.evil.example", None),
])
def test_what_no_person_wrote(headers, sender, why):
    """Machines are known by their headers, ourselves by our addresses; a person is never taken for one."""
    assert incoming.automatic(headers, sender, OWN) is why


@pytest.mark.parametrize("results, right", [
    ("mx.prestasi.example; dkim=pass header.d=mail.example header.s=a; spf=fail", True),
    ("MX.prestasi.example 1; spf=pass smtp.mailfrom=x; dkim=pass (2048-bit) header.i=@mail.example", True),
    ("mx.prestasi.example; dkim=pass header.d=example", False),
    ("mx.prestasi.example; dkim=pass header.d=evil.example", False),
    ("mx.prestasi.example; dkim=fail header.d=mail.example", False),
    ("mx.prestasi.example; spf=pass smtp.mailfrom=mail.example", False),
    ("mx.evil.example; dkim=pass header.d=mail.example", False),
    ("mx.prestasi.example; dkim=fail (dkim=pass header.d=mail.example)", False),
    ("mx.prestasi.example; none", False),
    ("", False),
])
def test_whose_signature_counts(results, right):
    """Only what our own server says, of the sender's domain or one above it."""
    assert incoming.proven(results, "budi@mail.example", "mx.prestasi.example") is right


def test_a_token_opens_one_complaint():
    """Whoever changes the number, a letter or the key gets nothing; servers that change the case of letters break nothing."""
    address = incoming.reply_address("jawab@prestasi.example", 42, SECRET)
    assert incoming.complaint_of(["x@y.example", address.upper()], SECRET) == 42 and len(address.partition("@")[0]) <= 64
    token = incoming.token(42, SECRET)
    wrong = [token.replace("42", "43"), token[:-1], f"{token}a", token[:-1] + ("a" if token[-1] != "a" else "b"), "42-", "", "9" * 30 + token[2:]]
    for changed in wrong:
        assert incoming.complaint_of([f"jawab+{changed}@prestasi.example"], SECRET) is None, changed
    assert incoming.complaint_of([address], "q" * 43) is None


@pytest.mark.parametrize("text, kept", [
    ("Sudah menyala.\n\nPada Rab, 25 Nov 2026 pukul 10.12 PT Prestasi <jawab@prestasi.example> menulis:\n> Halo Budi", "Sudah menyala."),
    ("Works.\n\nOn Wed, Nov 25, 2026 at 10:12 AM PT Prestasi wrote:\n\n> Hello", "Works."),
    ("Works.\n________________________________\nFrom: PT Prestasi\nHello", "Works."),
    ("Works.\n-----Original Message-----\nHello", "Works."),
    ("> Apakah lampu menyala?\nTidak.", "Tidak."),
    ("On Monday it was slow.\nFrom: 10 Mbps to 1 Mbps.", "On Monday it was slow.\nFrom: 10 Mbps to 1 Mbps."),
    ("> all of it is quoted", "> all of it is quoted"),
    ("", ""),
    ("x" * 6000, "x" * 4999 + "…"),
])
def test_what_is_quoted_goes(text, kept):
    """What the customer wrote stays, and never nothing where something was there."""
    assert incoming.said(text) == kept


@pytest.fixture
def traced():
    """What counts the lines that are run is switched off where a stack overflows; the tests after this one are counted, too."""
    before = sys.gettrace()
    yield
    sys.settrace(before)


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("raw, sender, subject, text, files", [
    (b"From: =?utf-8?q?B=C3=BCdi?= <budi@mail.example>\nSubject: =?utf-8?b?TGFtcHUg8J+SoQ==?=\n\nMati.", "budi@mail.example", "Lampu \U0001f4a1", "Mati.", []),
    (b"From: budi@mail.example\nContent-Type: text/plain; charset=no-such\n\nMati \xff.", "budi@mail.example", "", "Mati \ufffd.", []),
    (b"From: budi@mail.example\nContent-Type: text/html\n\n<style>x</style><p>Lampu <b>mati</b></p><div>sejak pagi</div>", "budi@mail.example", "", "Lampu mati\n\nsejak pagi", []),
    (b"", "", "", "", []),
    (b"From: <<>\nSubject: a\0b\n\nc\0d", "", "a b", "cd", []),
    (b'From: b@m.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nKata.\n--x\nContent-Type: image/png\n'
     b'Content-Disposition: attachment; filename="../a.png"\nContent-Transfer-Encoding: base64\n\niVBORw==\n--x--', "b@m.example", "", "Kata.", [("../a.png", b"\x89PNG")]),
    (b"From: b@m.example\nContent-Type: multipart/mixed; boundary=x\n\nno part ends here", "b@m.example", "", "no part ends here", []),
    (b"From: b@m.example\nSubject: ours\nSubject: theirs\n\nKata.", "b@m.example", "ours", "Kata.", []),
    (b'From: b@m.example, .<"x\nSubject: a\n\nKata.', "b@m.example", "a", "Kata.", []),
    (b"From: " + b"(" * 5000 + b"\nSubject: a\n\nKata.", "", "a", "Kata.", []),
    (b"From: b@m.example\nContent-Type: multipart/mixed; boundary=x; a*0*\n\n--x\nContent-Disposition: inline; a*0*\n\nKata.\n--x\n"
     b"Content-Disposition: attachment; filename*0*\n\nx\n--x\nContent-Disposition: attachment; filename=nothing.txt\n\n--x--",
     "b@m.example", "", "Kata.", [("file.plain", b"x")]),
    (b"From: b@m.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nDiteruskan.\n--x\nContent-Type: message/rfc822\n\nSubject: inner\n\nDi dalam.\n--x--",
     "b@m.example", "", "Diteruskan.", [("message.eml", b"message")]),
    (b"From: b@m.example\nContent-Type: message/rfc822\n\nSubject: inner\n\nDi dalam.", "b@m.example", "", "Di dalam.", []),
])
def test_no_mail_is_too_broken_to_read(raw, sender, subject, text, files):
    """Bad charsets, bad headers, no parts at all: what can be read is read."""
    found = mail.read(raw)
    assert (found.sender, found.subject, list(found.files)) == (sender, subject, files)
    assert found.text == text


def test_a_mail_that_is_made_to_take_long():
    """Parts within parts, and a header of thousands of parameters: the mail is read all the same, and soon."""
    inner = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(2000))
    assert mail.read(b"From: b@m.example\nSubject: a\n" + inner + b"\nKata.").subject == "a"
    begin = time.monotonic()
    assert mail.read(b"From: b@m.example\nContent-Type: text/plain" + b";a=b" * 30_000 + b"\n\nKata.").text == "Kata."
    assert time.monotonic() - begin < 15

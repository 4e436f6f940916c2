"""A virus scanner is asked about every file before it is kept; the scanner here speaks as clamd does and knows one word. Where ClamAV is installed, it is asked too."""

import io
import shutil
import socketserver
import struct
import subprocess
import threading
from contextlib import suppress

import pytest
from flask import current_app

from ecrm import storage
from ecrm.storage import Refusal, antivirus
from tests.conftest import ONE_DATABASE
from tests.faults.machines import wait_for
from tests.files import PDF, file, folder, saved  # noqa: F401 - a fixture among them
from tests.portal import PNG, complaints, typed
from tests.smtp import free_port

BAD = PDF.replace(b"\n", b"\nPERIKSA-UJI\n", 1)


class Clamd(socketserver.StreamRequestHandler):
    """Reads one stream and says whether the word is in it."""

    heard: list[bytes] = []
    says = b"stream: Uji-1 FOUND\0"

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.heard.append(content)
        self.wfile.write(self.says if b"PERIKSA-UJI" in content else b"stream: OK\0")


@pytest.fixture(params=("tcp", "unix"))
def clamd(request, tmp_path, monkeypatch):
    """The address of a scanner, on a port and on a socket in the file system."""
    monkeypatch.setattr(Clamd, "heard", [])
    kind, place = (socketserver.TCPServer, ("127.0.0.1", 0)) if request.param == "tcp" else (socketserver.UnixStreamServer, str(tmp_path / "clamd"))
    with kind(place, Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix:{place}" if request.param == "unix" else f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def refused(content):
    """Return why a file is not kept."""
    with pytest.raises(storage.FileRefused) as caught:
        storage.receive(file(content))
    return caught.value.refusal


def test_what_it_finds_is_not_kept(folder, clamd):  # noqa: F811
    """It sees the bytes as they came, in one piece or many, and the store stays empty."""
    assert not antivirus.infected(b"x" * (3 * antivirus.PIECE + 7), clamd) and Clamd.heard[-1] == b"x" * (3 * antivirus.PIECE + 7)
    assert antivirus.infected(b"x" * antivirus.PIECE + b"PERIKSA-UJI", clamd)
    current_app.config["ECRM"]["CLAMD"] = clamd
    assert refused(BAD) is Refusal.INFECTED and not any(one.is_file() for one in folder.rglob("*"))
    assert storage.receive(file(PDF)).media_type == "application/pdf" and Clamd.heard[-1] == PDF
    picture = saved("JPEG")
    assert storage.receive_picture(file(picture)).media_type == "image/jpeg" and Clamd.heard[-1] == picture


@pytest.mark.parametrize("says", (b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK, nearly\0"))
def test_what_it_cannot_check_is_not_kept(folder, clamd, says, monkeypatch):  # noqa: F811
    """An error, silence, or words that nobody knows are no leave."""
    monkeypatch.setattr(Clamd, "says", says)
    current_app.config["ECRM"]["CLAMD"] = clamd
    assert refused(BAD) is Refusal.NOT_CHECKED


def test_a_scanner_that_is_away(tmp_path):
    """Nothing listens there: the file is not checked, and no line stays open."""
    for place in (f"unix:{tmp_path}/none", f"127.0.0.1:{free_port()}"):
        with pytest.raises(antivirus.NotChecked):
            antivirus.infected(PDF, place)


def _answers(clamd):
    with suppress(antivirus.NotChecked):
        return not antivirus.infected(b"", clamd)


@pytest.mark.skipif(shutil.which("clamd") is None, reason="ClamAV is not installed")
def test_clamav_itself(tmp_path):
    """Debian's clamd, with one signature of our own, says the same; what is larger than it takes is not checked."""
    place, settings = tmp_path / "clamd.sock", tmp_path / "clamd.conf"
    (tmp_path / "own.ndb").write_text(f"Uji-1:0:*:{b'PERIKSA-UJI'.hex()}\n")
    settings.write_text(f"DatabaseDirectory {tmp_path}\nLocalSocket {place}\nForeground yes\nStreamMaxLength 1M\n")
    with subprocess.Popen(["clamd", "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as scanner:
        try:
            wait_for(lambda: _answers(f"unix:{place}"), 60)
            assert antivirus.infected(BAD, f"unix:{place}") and not antivirus.infected(PDF + b"x" * (2 * antivirus.PIECE), f"unix:{place}")
            with pytest.raises(antivirus.NotChecked):
                antivirus.infected(b"x" * 3_000_000, f"unix:{place}")
        finally:
            scanner.kill()


@ONE_DATABASE
def test_a_complaint_waits_for_the_scanner_and_loses_nothing(app, browser, monkeypatch):
    """The reason stands beside the field, what was typed is there, and without the file the complaint is taken."""
    monkeypatch.setitem(app.config["ECRM"], "CLAMD", f"127.0.0.1:{free_port()}")
    person, before = browser("customer"), complaints(app)
    page = person.send("/complaints/new", typed(app, files=[(io.BytesIO(PNG), "lampu.png")]), content_type="multipart/form-data")
    assert page.status_code == 200 and 'id="files-error"' in page.text and "lampu.png" in page.text and "Modem mati" in page.text
    assert complaints(app) == before
    assert person.send("/complaints/new", typed(app), content_type="multipart/form-data").status_code == 302 and complaints(app) == before + 1

"""A disk that is full: a small tmpfs, so that this needs root."""

import contextlib
import subprocess
import time

import pytest
from sqlalchemy import text

from ecrm.extensions import db
from tests.faults.machines import Site, wait_for
from tests.faults.people import PDF, Crowd, Person, look

MEGABYTES = 12


@pytest.fixture
def disk(tmp_path):
    """A small disk."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk):
    """Write until nothing more fits, and return the file."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


def test_the_database_has_no_space(disk, started, say):
    """Complaints are refused with 503, none half; when there is space again they are taken, and the database is sound."""
    site = started(Site(disk / "sqlite", ATTACHMENTS_DIR=disk.parent / "attachments"))
    site.log = disk.parent / "log"
    site.start()
    with Crowd(site) as crowd:
        wait_for(lambda: crowd.more(10))
        filler = fill(disk)
        wait_for(lambda: crowd.answers[503] > 8)
        fill(disk)
        before = len(crowd.received)
        ready = Person(site, None).get("/readyz")
        time.sleep(1)
        filler.unlink()
        back = wait_for(lambda: crowd.more(before + 20))
    with site.app.app_context():
        sound = db.session.scalar(text("PRAGMA integrity_check"))
        db.session.remove()
    assert ready[0] == 503 and '"disk"' in ready[1] and sound == "ok"
    say(f"{look(site, crowd.received)}; integrity_check {sound}; twenty more {back:.1f} s after space was made; answers {dict(crowd.answers)}")


def test_attachments_have_no_space(disk, started, say):
    """A complaint with a file is refused whole and its words are shown; without a file it is taken; nothing half stays."""
    site = started(Site(disk.parent / "sqlite", ATTACHMENTS_DIR=disk / "attachments"))
    site.start()
    person = Person(site)
    with_file, without = (person.form(f"{site.folder.name} {name}") for name in ("with", "without"))
    filler = fill(disk)
    code, page, _where = person.post("/complaints/new", with_file, PDF + b"x" * 0)
    refused = code
    assert code == 503 and with_file["description"] in page
    assert person.post("/complaints/new", without)[0] == 302
    halves = [path for path in (disk / "attachments").rglob("*") if path.is_file()]
    filler.unlink()
    assert not halves
    assert person.post("/complaints/new", with_file, PDF)[0] == 302
    say(f"{refused} while full, half-made files {len(halves)}; {look(site, [with_file['subject'], without['subject']])}")

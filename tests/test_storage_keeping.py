"""How files are kept by their content, hang on complaints and replies, and go out again."""

import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from ecrm import storage
from ecrm.extensions import db
from ecrm.jobs import Hand, forget_files
from ecrm.models import Attachment, Complaint, User
from ecrm.storage import FileRefused, Refusal, keeping
from ecrm.storage.keeping import FolderStore
from tests.files import PDF, file, folder, saved, serving
from tests.world import email, one

__all__ = ["folder"]

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_the_same_content_is_kept_once(folder: Path) -> None:
    """By its hash, whatever it is called; in files that only we can read."""
    first, second = storage.receive(file(saved("PNG"), "a.png")), storage.receive(file(saved("PNG"), "b.png"))
    assert first.key == second.key == f"{first.sha256[:2]}/{first.sha256[2:4]}/{first.sha256}"
    assert [path.name for path in folder.glob("*/*/*")] == [first.sha256]
    assert first.size == (folder / first.key).stat().st_size
    if os.name == "posix":
        assert (folder / first.key).stat().st_mode & 0o077 == 0 and folder.stat().st_mode & 0o077 == 0


def test_writers_of_the_same_content_do_not_meet(tmp_path: Path) -> None:
    """Many at once leave one whole file and nothing half-written; a reader never sees a part of it."""
    store, content, start, keys = FolderStore(tmp_path / "store"), os.urandom(3_000_000), threading.Barrier(8), []

    def write() -> None:
        start.wait()
        keys.append(store.put(content))
        with store.open(keys[0]) as found:
            assert found.read() == content

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1
    assert not list(store.incoming.iterdir())


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is an error of the server, and the half-written file goes."""
    store = FolderStore(tmp_path / "store")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"abc")
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_somebody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    """Where a file that is read cannot be replaced, the same content is there already; where it is not, that is an error."""
    store = FolderStore(tmp_path / "store")

    def refuse(_part: Path, target: Path) -> None:
        if there:
            Path(target).write_bytes(b"abc")
        raise PermissionError(13, "somebody reads it")

    monkeypatch.setattr("os.replace", refuse)
    if there:
        with store.open(store.put(b"abc")) as content:
            assert content.read() == b"abc"
    else:
        with pytest.raises(PermissionError, match="somebody reads it"):
            store.put(b"abc")
    assert not list(store.incoming.iterdir())


def test_where_folders_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a name is brought to the disk with its file."""
    (part := tmp_path / "part").write_bytes(b"abc")
    monkeypatch.setattr(keeping, "os", SimpleNamespace(name="nt", replace=os.replace))
    keeping._rename(part, tmp_path / "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def test_what_is_not_there_cannot_be_removed(folder: Path) -> None:
    """Removing says whether there was something: once yes, then no; a key of another shape is none of ours."""
    store = FolderStore(folder)
    key = store.put(b"abc")
    (folder / "mine.txt").write_bytes(b"x")
    assert [store.remove(key), store.remove(key), store.remove("mine.txt"), (folder / "mine.txt").exists()] == [True, False, False, True]


def test_the_sweep_takes_half_written_files_after_a_day(folder: Path) -> None:
    """What a crash left; the file of a writer at work stays."""
    assert storage.sweep(AT) == 0
    received = storage.receive(file(PDF))
    for name, age in (("old", 25), ("young", 23)):
        part = folder / "incoming" / name
        part.write_bytes(b"half")
        moment = (AT - timedelta(hours=age)).timestamp()
        os.utime(part, (moment, moment))
    os.utime(folder / received.key, (0, 0))
    assert storage.sweep(AT) == 1
    assert [part.name for part in (folder / "incoming").iterdir()] == ["young"]
    assert (folder / received.key).exists()


def test_files_that_no_row_names_go_after_a_week(app: Flask) -> None:
    """What a refused form or a dead database left; what a row names stays, and what was sent again lately."""
    with app.app_context():
        complaint = db.session.scalars(select(Complaint)).first()
        kept = storage.attach(db.session, complaint, [file(PDF)], None, AT)[0].storage_key
        db.session.commit()
        lost, young, again = (storage.receive(file(saved(kind), "x")).key for kind in ("PNG", "JPEG", "WEBP"))
        store = Path(app.config["ECRM"]["ATTACHMENTS_DIR"])
        for key in (kept, lost, again):
            moment = (AT - timedelta(days=8)).timestamp()
            os.utime(store / key, (moment, moment))
        moment = (AT - timedelta(days=6)).timestamp()
        os.utime(store / young, (moment, moment))
        assert storage.receive(file(saved("WEBP"), "y")).key == again
        assert forget_files(db.session(), AT, Hand("test")) == 1
        assert [(store / key).exists() for key in (kept, lost, young, again)] == [True, False, True, True]


def test_asked_to_stop_the_rest_stays_for_the_next_turn(app: Flask) -> None:
    """Between two files that no row names."""
    with app.app_context():
        forget_files(db.session(), AT, Hand("test"))  # what the tests before have left
        lost = [storage.receive(file(saved(kind), "x")).key for kind in ("PNG", "JPEG")]
        store, moment = Path(app.config["ECRM"]["ATTACHMENTS_DIR"]), (AT - timedelta(days=8)).timestamp()
        for key in lost:
            os.utime(store / key, (moment, moment))
        assert forget_files(db.session(), AT, Hand("test", lambda: sum((store / key).exists() for key in lost) < 2)) == 1
        assert sum((store / key).exists() for key in lost) == 1 and forget_files(db.session(), AT, Hand("test")) == 1


def test_keys_are_no_paths(tmp_path: Path) -> None:
    """Only what looks like a hash is opened."""
    store = FolderStore(tmp_path / "store")
    (tmp_path / "secret").write_text("x")
    for key in ("../secret", "ab/cd/../../../secret", str(tmp_path / "secret"), "", "ab/cd/" + "g" * 64, "AB/cd/" + "a" * 64):
        assert not store.exists(key)
        with pytest.raises(FileNotFoundError):
            store.open(key)
    key = store.put(b"x")
    assert store.exists(key)


def new() -> list[Attachment]:
    """Return the attachments that a test added; the little company has some of its own."""
    return list(db.session.scalars(select(Attachment).where(Attachment.at == AT).order_by(Attachment.id)))


def test_attach_adds_the_rows(app: Flask) -> None:
    """With their fingerprint and who sent them; the empty part of an empty file field is nobody's file."""
    with app.app_context():
        complaint, by = db.session.scalars(select(Complaint)).first(), one(User, email=email("support"))
        files = [file(saved("HEIF"), "IMG_1.HEIC"), FileStorage(io.BytesIO(), "", "files"), file(PDF, "tagihan.pdf")]
        rows = storage.attach(db.session, complaint, files, by, AT)
        db.session.commit()
        found = new()
        assert found == rows
        assert [(row.name, row.media_type, row.complaint_id, row.reply_id, row.by_id, row.at) for row in found] == [
            ("IMG_1.jpg", "image/jpeg", complaint.id, None, by.id, AT), ("tagihan.pdf", "application/pdf", complaint.id, None, by.id, AT)]
        with storage.open(found[1]) as content:
            assert content.read() == PDF
        assert found[1].size == len(PDF)


def test_attach_on_a_reply(app: Flask) -> None:
    """What was received before goes to the reply."""
    with app.app_context():
        complaint = next(row for row in db.session.scalars(select(Complaint)) if row.replies)
        received = storage.receive(file(PDF))
        storage.attach(db.session, complaint, [received], None, AT, reply=complaint.replies[0])
        db.session.commit()
        [row] = new()
        assert (row.reply_id, row.complaint_id, row.sha256) == (complaint.replies[0].id, complaint.id, received.sha256)


def test_attach_is_all_or_nothing(app: Flask) -> None:
    """One bad file, or one file too many, and no row is added."""
    with app.app_context():
        complaint = db.session.scalars(select(Complaint)).first()
        for files, reason in (
            ([file(PDF), file(b"<html>")], Refusal.UNSUPPORTED),
            ([file(PDF) for _ in range(storage.MAX_FILES + 1)], Refusal.TOO_MANY),
        ):
            with pytest.raises(FileRefused) as refused:
                storage.attach(db.session, complaint, files, None, AT)
            assert refused.value.refusal is reason and str(refused.value)
        db.session.commit()
        assert new() == []


def row_of(received: storage.Received) -> Attachment:
    return Attachment(name=received.name, media_type=received.media_type, size=received.size, storage_key=received.key)


@pytest.mark.parametrize(("content", "name", "disposition"), [
    (saved("PNG"), "rumah é.png", "inline; filename*=UTF-8''rumah%20%C3%A9.png"),
    (PDF, "tagihan \"maret\".pdf", 'attachment; filename="tagihan _maret_.pdf"'),
])
def test_no_browser_runs_what_is_sent(folder: Path, content: bytes, name: str, disposition: str) -> None:
    """Type, disposition and the protective headers of both kinds."""
    row = row_of(storage.receive(file(content, name)))
    app = serving(folder)
    with app.test_request_context():
        answer = storage.send(row)
        answer.direct_passthrough = False
        assert answer.data == (folder / row.storage_key).read_bytes()
        answer.close()
    assert answer.mimetype == row.media_type and answer.content_length == row.size
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    given = answer.headers["Content-Disposition"]
    assert given.startswith(disposition.split(";")[0] + ";") and given.endswith(disposition.split("; ", 1)[1])


def test_a_second_look_costs_no_bytes(folder: Path) -> None:
    """The browser asks with the fingerprint and hears 304."""
    row = row_of(storage.receive(file(saved("PNG"))))
    app = serving(folder)
    with app.test_request_context(headers={"If-None-Match": f'"{row.storage_key[-64:]}"'}):
        answer = storage.send(row)
        assert answer.status_code == 304
        answer.close()


def test_lost_bytes_are_not_found(folder: Path) -> None:
    """A row without its file is a 404, not a 500."""
    row = row_of(storage.receive(file(PDF)))
    (folder / row.storage_key).unlink()
    app = serving(folder)
    with app.test_request_context(), pytest.raises(NotFound):
        storage.send(row)


def test_a_promos_picture_knows_its_type(folder: Path) -> None:
    """By its bytes, since a promo keeps the key alone."""
    received = storage.receive_picture(file(saved("WEBP")))
    app = serving(folder)
    with app.test_request_context():
        answer = storage.send_picture(received.key)
        assert (answer.mimetype, answer.content_length) == ("image/webp", received.size)
        answer.close()

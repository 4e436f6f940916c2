"""Attachments in an S3-compatible store: through the portal, away and slow, swept, backed up, moved; the server is a real one."""

import html
import io
import os
from datetime import timedelta
from hashlib import sha256

import pytest
from click import ClickException
from sqlalchemy import select

from ecrm import create_app
from ecrm.channels import filing, webhook
from ecrm.cli import ready
from ecrm.config import BadSetting, read
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, IncomingMessage
from ecrm.models.base import now
from ecrm.storage import bucket as buckets
from ecrm.storage.keeping import FolderStore, store
from tests import world
from tests.files import PDF, saved
from tests.object_store import ObjectStore
from tests.portal import complaints, typed
from tests.test_backup import empty, run
from tests.test_config import GIVEN

PNG, WORDS = saved("PNG"), "Lampu <b>merah</b> “sejak” pagi."

__all__ = ["empty"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = ObjectStore(tmp_path_factory.mktemp("s3") / "log")
    yield made
    made.end()


@pytest.fixture(scope="module")
def company(make_app, server):
    """The little company, with a bucket and with no folder."""
    app = make_app(**server.make("first"), ATTACHMENTS_DIR="/proc/none")
    world.build(app)
    return app


@pytest.fixture
def settings(server, request):
    """The settings of a new bucket."""
    return server.make(f"b{abs(hash(request.node.name))}")


@pytest.fixture
def app(company, settings):
    """The company with that bucket, and nothing in it."""
    company.config["ECRM"] |= settings
    company.extensions.pop("bucket", None)
    with company.app_context():
        db.session.execute(Attachment.__table__.delete())
        db.session.execute(IncomingMessage.__table__.delete())
        for complaint in db.session.scalars(select(Complaint).where(Complaint.description == WORDS)):
            complaint.description, complaint.token = "dari tes lain", None
        db.session.commit()
    yield company
    company.extensions["throttle"].reset()


def enter(app, person, *files):
    form = typed(app, description=WORDS) | {"csrf_token": person.token(), "files": [(io.BytesIO(content), name) for content, name in files]}
    return person.post("/complaints/new", data=form, content_type="multipart/form-data")


def own(app):
    """Return address and key of the new complaint's files."""
    with app.app_context():
        rows = db.session.scalars(select(Attachment).join(Complaint).where(Complaint.description == WORDS).order_by(Attachment.id)).all()
        return [(f"/attachments/{row.id}", row.storage_key) for row in rows]


def test_a_photo_and_a_pdf(app, server, settings):
    """They are in the bucket under the hash of their bytes, come back with the headers of always, and are fetched once by a browser."""
    person = app.test_client().become("customer")
    assert enter(app, person, (PNG, "foto.png"), (PDF, "tagihan.pdf"), (PDF, "lagi.pdf")).status_code == 302
    kept = server.objects(settings["S3_BUCKET"])
    assert len(kept) == 2
    assert all(name == f"ecrm/{sha256(content).hexdigest()[:2]}/{sha256(content).hexdigest()[2:4]}/{sha256(content).hexdigest()}" for name, content in kept.items())
    (photo, key), (bill, _), (_again, _) = own(app)
    seen = person.get(photo)
    assert (seen.status_code, seen.mimetype, seen.data, seen.content_length) == (200, "image/png", kept[f"ecrm/{key}"], len(seen.data))
    assert seen.headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and seen.headers["X-Content-Type-Options"] == "nosniff"
    assert person.get(bill).headers["Content-Disposition"].startswith("attachment") and person.get(bill).data == PDF
    assert app.test_client().become("customer2").get(photo).status_code == 404
    with server.frozen():  # what the browser has is not asked for
        again = person.get(photo, headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 304 and again.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    server.client.delete_object(Bucket=settings["S3_BUCKET"], Key=f"ecrm/{key}")
    assert person.get(photo).status_code == 404


@pytest.mark.parametrize("trouble", ["slow", "gone", "refuses"])
def test_the_store_does_not_do_its_part(app, server, settings, monkeypatch, trouble):
    """Whoever sends a photo hears 503 and keeps the words; the others go on; and it is taken when the store is back."""
    monkeypatch.setattr(buckets, "PATIENCE", 0.5)
    monkeypatch.setattr(buckets, "TRIES", 1)
    person = app.test_client().become("customer")
    if trouble == "slow":
        with server.frozen():
            page = enter(app, person, (PNG, "foto.png"))
            assert person.send("/complaints/new", typed(app, description="tanpa foto")).status_code == 302
    elif trouble == "gone":
        server.end()
        page = enter(app, person, (PNG, "foto.png"))
        server.start()
        server.make(settings["S3_BUCKET"])
    else:
        server.client.delete_bucket(Bucket=settings["S3_BUCKET"])
        page = enter(app, person, (PNG, "foto.png"))
        server.make(settings["S3_BUCKET"])
    assert page.status_code == 503 and html.escape(WORDS, quote=False) in page.text and "kunci" not in page.text
    assert complaints(app, description=WORDS) == 0 and server.objects(settings["S3_BUCKET"]) == {}
    assert enter(app, person, (PNG, "foto.png")).status_code == 302 and len(server.objects(settings["S3_BUCKET"])) == 1


def test_the_start_asks_for_the_bucket(app, server, settings):
    """No folder is made in its place; one that cannot be used is named before the first photo comes."""
    with app.app_context():
        ready.check_folders()
        server.client.delete_bucket(Bucket=settings["S3_BUCKET"])
        with pytest.raises(ClickException, match=f"The bucket {settings['S3_BUCKET']} cannot be used .*ECRM_S3_BUCKET"):
            ready.check_folders()


def test_a_download_that_breaks_off(app, server, monkeypatch):
    """The store falls silent in the middle of a file: the answer ends with an error, and is not taken for the whole."""
    monkeypatch.setattr(buckets, "PATIENCE", 0.5)
    with app.app_context():
        key = store().put(os.urandom(8_000_000))
        with store().open(key) as content:
            assert content.size == 8_000_000 and len(content.read(100_000)) == 100_000
            with server.frozen(), pytest.raises(buckets.StoreAway):
                while content.read(1_000_000):
                    pass


def test_it_keeps_what_the_folder_promises(app, server, settings):
    """Keys are no paths; the same content is sent once; what is removed is gone; uploads in parts that nobody ended are given up after a day."""
    name = settings["S3_BUCKET"]
    server.client.put_object(Bucket=name, Key="secret", Body=b"x")
    server.client.create_multipart_upload(Bucket=name, Key="ecrm/half")
    server.client.create_multipart_upload(Bucket=name, Key="other/half")
    with app.app_context():
        for key in ("../secret", "", "ab/cd/" + "g" * 64):
            assert not store().exists(key)
            with pytest.raises(FileNotFoundError):
                store().open(key)
            assert not store().remove(key)
        first = store().put(b"y")
        there = server.client.head_object(Bucket=name, Key=f"ecrm/{first}")["LastModified"]
        assert store().put(b"y") == first and server.client.head_object(Bucket=name, Key=f"ecrm/{first}")["LastModified"] == there
        store().sweep(now() + timedelta(days=2))
        left = [one["Key"] for one in server.client.list_multipart_uploads(Bucket=name)["Uploads"]]
        assert left == ["other/half"] and store().exists(first)
        assert list(store().old(now() + timedelta(days=6))) == [] and list(store().old(now() + timedelta(days=8))) == [first]
        assert store().remove(first) and not store().exists(first) and not store().remove(first)
        assert server.client.head_object(Bucket=name, Key="secret")["ContentLength"] == 1


def test_backup_restore_and_move(app, server, settings, empty, monkeypatch, tmp_path):
    """A company goes from a bucket into another one by a backup; its files into a folder and into a third; what is lost is named."""
    enter(app, app.test_client().become("customer"), (PNG, "foto.png"), (PDF, "tagihan.pdf"))
    said = b'{"id": "1", "from": "+6281200000001", "text": "Wifi lambat"}'
    with app.app_context():
        filing.keep(db.session(), webhook.read(said), said, now())
        db.session.commit()
    kept = server.objects(settings["S3_BUCKET"])
    run(app, "backup", tmp_path / "b.tar")
    there = empty("sqlite", **server.make("other"))
    run(there, "restore", tmp_path / "b.tar")
    assert len(kept) == 3 and server.objects("other") == kept
    folder = FolderStore(tmp_path / "attachments")
    assert "Copied and compared: 3 files; 0 were there" in run(there, "move-attachments", "s3", folder.folder)
    monkeypatch.setattr(buckets, "PATIENCE", 0.5)
    third = create_app(there.config["ECRM"] | server.make("third"))
    damaged = folder.folder / min(kept).removeprefix("ecrm/")
    whole = damaged.read_bytes()
    damaged.write_bytes(b"x")
    assert "1 files that rows speak of" in run(third, "move-attachments", folder.folder, "s3", code=1)
    damaged.write_bytes(whole)
    assert "Copied and compared: 1 files; 2 were there" in run(third, "move-attachments", folder.folder, "s3")
    assert server.objects("third") == kept
    with server.frozen():
        assert "0 files were copied before; run it again" in run(third, "move-attachments", folder.folder, "s3", code=1)


@pytest.mark.parametrize(("given", "word"), [
    ({"ECRM_S3_ENDPOINT": "http://127.0.0.1:9000"}, "S3_BUCKET"),
    ({"ECRM_S3_BUCKET": "b", "ECRM_S3_ACCESS_KEY": "k"}, "S3_SECRET_KEY"),
    ({"ECRM_S3_BUCKET": "b", "ECRM_S3_ENDPOINT": "minio:9000"}, "S3_ENDPOINT"),
])
def test_half_a_setting(tmp_path, given, word):
    """Refused by name."""
    with pytest.raises(BadSetting, match=word):
        read(tmp_path, GIVEN | given)

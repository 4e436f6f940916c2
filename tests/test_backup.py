"""A company comes back from its backup, row by row and file by file, whatever went on while it was made."""

import gc
import hashlib
import io
import json
import os
import tarfile
import threading
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import Column, MetaData, Table, Uuid
from werkzeug.datastructures import FileStorage

from ecrm import backup, create_app, revisions, storage
from ecrm.backup import tables
from ecrm.storage.unnamed import COLUMNS
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, ComplaintCategory, Counter, Customer, Letter, Step
from ecrm.models.base import now
from ecrm.rules.complaint import enter
from ecrm.storage.keeping import FolderStore, store
from tests import world
from tests.conftest import BACKENDS
from tests.settings import SECRETS
from tests.smtp import free_port
from tests.world import one

PDF = b"%%PDF-1.4\n%d\n%%%%EOF"


def run(app, *arguments, code=0):
    """Run a command and return what it said."""
    done = app.test_cli_runner().invoke(args=list(map(str, arguments)))
    assert done.exit_code == code, done.output
    return done.output


def rows(app):
    """Return all rows of all tables."""
    with app.app_context(), db.engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in db.metadata.sorted_tables}


def files(app):
    """Return key and SHA-256 of all files in the store."""
    folder = Path(app.config["ECRM"]["ATTACHMENTS_DIR"])
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


def write(app, number):
    """Enter one complaint with a file of its own, as the portal does, and return its number."""
    with app.app_context():
        received = storage.receive(FileStorage(io.BytesIO(PDF % number), filename="x.pdf"))
        row = Complaint(customer=one(Customer, number="PLG-000001"), category=one(ComplaintCategory, code="BILL"),
                        subject=f"ke-{number} “😀”\n", description="x\\n\0y".replace("\0", "\t"))
        enter(db.session, row, now())
        storage.attach(db.session, row, [received], None, now())
        db.session.commit()
        return row.number


class Writers:
    """Four people who enter complaints until they are stopped."""

    def __init__(self, app):
        self.app, self.stop, self.entered = app, threading.Event(), []
        self.threads = [threading.Thread(target=self._work, args=(start,)) for start in range(0, 400_000, 100_000)]

    def _work(self, start):
        while not self.stop.is_set():
            start += 1
            self.entered.append(write(self.app, start))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        while len(self.entered) < 4:
            pass
        return self

    def __exit__(self, *_error):
        self.stop.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture(scope="module", params=BACKENDS)
def source(request, make_app):
    """A company whose photos are in its store."""
    app = make_app(request.param)
    world.build(app)
    with app.app_context(), db.engine.begin() as connection:
        key = storage.receive(FileStorage(io.BytesIO(PDF % 1), filename="x.pdf")).key
        connection.execute(Attachment.__table__.update().values(storage_key=key))
    return app


@pytest.fixture
def empty(make_app, database_url, tmp_path):
    """Return a function that makes an application on a database without tables."""

    def make(backend, **more):
        settings = {"PROFILE": "test", **SECRETS,
                    "DATABASE_URL": database_url(backend), "ATTACHMENTS_DIR": str(tmp_path / "restored")}
        return create_app(settings | more)

    return make


@pytest.mark.parametrize("target", BACKENDS)
def test_every_row_and_file_comes_back(source, empty, target, tmp_path):
    """Into the same kind of database and into the other; the file is for its owner alone."""
    run(source, "backup", file := tmp_path / "b.tar")
    assert file.stat().st_mode & 0o777 == 0o600 and [path.name for path in tmp_path.iterdir()] == ["b.tar"]
    there = empty(target)
    said = run(there, "restore", file)
    assert "Restored" in said and "secrets" not in said
    assert rows(there) == rows(source) and files(there) == files(source)
    write(there, 7)  # and life goes on, with new numbers


def test_a_backup_under_load_is_one_moment(source, empty, tmp_path):
    """Four people enter complaints meanwhile: what was entered before is in it, each with its trail, its letter and its file."""
    with Writers(source) as writers:
        before = list(writers.entered)
        run(source, "backup", tmp_path / "b.tar")
        assert len(writers.entered) > len(before), "nobody wrote meanwhile"
    there = empty("sqlite")
    run(there, "restore", tmp_path / "b.tar")
    kept, all_of_them = rows(there), rows(source)
    for name, some in kept.items():
        assert name == "counter" or set(some) <= set(all_of_them[name]), name
    assert set(files(there).items()) <= set(files(source).items())
    with there.app_context():
        numbers = set(db.session.scalars(db.select(Complaint.number)))
        assert set(before) <= numbers
        assert one(Counter, name=f"KL-{now():%Y%m}").value == len(numbers)
        entered = db.session.scalar(db.select(db.func.count()).select_from(Step).filter_by(table="complaint", action="create"))
        assert entered == len(numbers)
        assert all(store().exists(key) for key in db.session.scalars(db.select(Attachment.storage_key)))


def test_a_stream(source, empty, tmp_path):
    """“-” is standard output, with nothing else on it."""
    done = source.test_cli_runner().invoke(args=["backup", "-"])
    (tmp_path / "b.tar").write_bytes(done.stdout_bytes)
    assert "is whole" in run(source, "restore", "--check", tmp_path / "b.tar")


def test_what_is_in_it(source, tmp_path):
    """The settings are there, the secrets are not, nor does the header give them away."""
    run(source, "backup", file := tmp_path / "b.tar")
    with tarfile.open(file) as tar:
        settings = tar.extractfile("settings.json").read().decode()
        everything = settings + tar.extractfile("backup.json").read().decode()
    assert '"COMPANY_NAME"' in settings
    for secret in ("k" * 43, "s" * 43, "t" * 43, "DATABASE_URL", "MAIL_PASSWORD"):
        assert secret not in everything


def test_a_target_that_is_not_empty(source, tmp_path):
    """Nothing is mixed; and a backup is never written over."""
    run(source, "backup", file := tmp_path / "b.tar")
    before = rows(source)
    assert "not empty" in run(source, "restore", file, code=1) and rows(source) == before
    assert "there already" in run(source, "backup", file, code=1)


@pytest.fixture(scope="module")
def whole(make_app, tmp_path_factory):
    """A backup of the little company."""
    app = make_app()
    world.build(app)
    write(app, 1)
    run(app, "backup", file := tmp_path_factory.mktemp("whole") / "b.tar")
    return file


def test_damage_is_found_before_anything_is_written(whole, empty, tmp_path):
    """A byte changed in any member, the file cut off anywhere, or something else altogether."""
    content, there = whole.read_bytes(), empty("sqlite")
    with tarfile.open(whole) as tar:
        places = {member.name: member.offset_data + member.size // 2 for member in tar if member.size}
        end = tar.getmember("manifest.sha256").offset
    bad = {name: content[:place] + bytes([content[place] ^ 1]) + content[place + 1:] for name, place in places.items()}
    bad |= {f"cut at {part}": content[:len(content) * part // 7] for part in range(1, 7)}
    bad |= {"without its end": content[:end], "nothing": b"", "no archive": b"x" * 9999, "no member": archive()}
    bad |= {"a folder in front": archive(tarfile.DIRTYPE), "half a header": archive(content=b"{"), "no header": archive(content=b"[]")}
    bad |= {"a header that lacks all": archive(content=b'{"format": 1}'), "a later format": archive(content=b'{"format": 2}')}
    bad |= {"a header with another word": content.replace(b'"program"', b'"progrbm"', 1)}
    for what, damaged in bad.items():
        (tmp_path / "bad.tar").write_bytes(damaged)
        said = run(there, "restore", tmp_path / "bad.tar", code=1)
        assert "cannot be restored" in said and "Nothing was changed" in said, what
    assert files(there) == {} and not [name for name in db_tables(there) if name in db.metadata.tables]


def archive(kind=tarfile.REGTYPE, content=None):
    """Return an archive with one member, a folder or a header; none without either."""
    with tarfile.open(fileobj=(made := io.BytesIO()), mode="w") as tar:
        if content is not None or kind == tarfile.DIRTYPE:
            member = tarfile.TarInfo("backup.json")
            member.type, member.size = kind, len(content or b"")
            tar.addfile(member, io.BytesIO(content or b""))
    return made.getvalue()


def db_tables(app):
    with app.app_context():
        return db.inspect(db.engine).get_table_names()


def test_a_member_that_went_missing(whole, empty, tmp_path):
    """The checksums of the others do not hide it."""
    there = empty("sqlite")
    with tarfile.open(whole) as old:
        for gone in [name for name in old.getnames() if name.startswith(("rows/complaint/", "files/", "settings"))]:
            with tarfile.open(tmp_path / "less.tar", "w") as new:
                for member in old:
                    if member.name != gone:
                        new.addfile(member, old.extractfile(member))
            assert "cannot be restored" in run(there, "restore", tmp_path / "less.tar", code=1), gone


@pytest.mark.parametrize("what", ["a restore", "a move"])
def test_what_comes_in_is_read_again(whole, make_app, tmp_path, what):
    """A database that does not keep what it was given is found out, and keeps nothing of it."""
    there = make_app()
    with there.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER lain AFTER INSERT ON branch BEGIN UPDATE branch SET name = 'lain' WHERE id = NEW.id; END")
    if what == "a restore":
        said = run(there, "restore", whole, code=1)
    else:
        source = make_app()
        world.build(source)
        said = run(source, "move-data", source.config["ECRM"]["DATABASE_URL"], there.config["ECRM"]["DATABASE_URL"], code=1)
    assert "branch holds 2 rows instead of 2, or other ones" in said and "Nothing was" in said
    assert not any(rows(there).values())


def test_rows_that_are_not_those_that_were_counted(whole, make_app, tmp_path):
    """Checksums that fit each other do not hide that a row is missing."""
    there, bad = make_app(), tmp_path / "bad.tar"
    with tarfile.open(whole) as old, bad.open("wb") as stream:
        new = backup.archive.Writer(stream)
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                facts = json.loads(content)
                facts["tables"]["branch"]["rows"] += 1
                new.files = facts["files"]
                new.seal({name: fact for name, fact in facts.items() if name not in ("members", "files", "bytes")})
                break
            new.add(member.name, content)
            if member.name.startswith("files/"):
                del new.sums[member.name]
    assert "the rows of branch are not those of the backup" in run(there, "restore", bad, code=1)
    assert not any(rows(there).values())


def test_a_large_table(make_app, tmp_path):
    """More rows than are read, packed and written together come back, each once."""
    app, there = make_app(), make_app()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Letter.__table__.insert(), [
            {"to_email": f"{number}@mail.example", "language": "id", "template": "x", "data": {}, "state": "queued", "queued_at": now(), "tries": 0} for number in range(2100)])
    run(app, "backup", tmp_path / "b.tar")
    assert "Restored: 2100 rows" in run(there, "restore", tmp_path / "b.tar") and rows(there) == rows(app)


def test_a_kind_of_column_that_nobody_thought_of():
    """A new table whose values no backup could keep is named before one is taken."""
    table = Table("lain", MetaData(), Column("isi", Uuid))
    with pytest.raises(TypeError, match="lain.isi"):
        tables._kind(table.c.isi)


def test_a_database_at_another_revision(whole, make_app, tmp_path):
    """None is taken of it, nothing is moved from it, and nothing comes into it."""
    app, there = make_app(), make_app()
    url, target = (one.config["ECRM"]["DATABASE_URL"] for one in (app, there))
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert "db upgrade" in run(app, "backup", tmp_path / "b.tar", code=1) and not list(tmp_path.iterdir())
    assert "start it once" in run(app, "move-data", url, target, code=1)
    assert "at revision 0001, not" in run(app, "restore", whole, code=1)
    assert not any(rows(there).values()) and not any(rows(app).values())


def test_a_database_that_does_not_answer(whole, empty, tmp_path):
    """One line with the reason, for each command, and no half of a backup."""
    away = empty("sqlite", DATABASE_URL=f"mysql+pymysql://ecrm:RAHASIA@127.0.0.1:{free_port()}/ecrm")
    for command in (("backup", tmp_path / "b.tar"), ("restore", whole), ("move-attachments", tmp_path / "a", tmp_path / "c"),
                    ("move-data", away.config["ECRM"]["DATABASE_URL"], f"sqlite:///{tmp_path}/none.db")):
        said = run(away, *command, code=1)
        assert "Connection refused" in said and "RAHASIA" not in said and said.splitlines()[-1].startswith("Error: "), said
    assert not (tmp_path / "b.tar").exists()


def test_places_that_are_none(make_app, tmp_path):
    """A malformed address, or a bucket that no setting names."""
    app = make_app()
    said = run(app, "move-data", "postgresql://a:RAHASIA@b/c", f"sqlite:///{tmp_path}/none.db", code=2)
    assert "sqlite:///path" in said and "RAHASIA" not in said.replace("postgresql://a:RAHASIA@b/c", "") and not list(tmp_path.iterdir())
    assert "ECRM_S3_BUCKET" in run(app, "move-attachments", tmp_path, "s3", code=1)


def test_files_move_between_folders(make_app, tmp_path):
    """Those that are there go once; one that is lost is named, and the others are moved all the same."""
    app = make_app()
    world.build(app)
    write(app, 5)
    folder = app.config["ECRM"]["ATTACHMENTS_DIR"]
    said = run(app, "move-attachments", folder, tmp_path / "new", code=1)  # the little company's own photos have no files
    assert "Copied and compared: 1 files; 0 were there" in said and "3 files that rows speak of are not in" in said
    moved = FolderStore(tmp_path / "new")
    assert {str(path.relative_to(moved.folder)) for path in moved.folder.rglob("*") if path.is_file()} == set(files(app))
    assert "Copied and compared: 0 files; 1 were there" in run(app, "move-attachments", folder, tmp_path / "new", code=1)


def test_a_backup_of_an_older_program(empty, make_app, tmp_path, monkeypatch):
    """Refused with the remedy; `--migrate` brings its tables into being as they were, and then up to date."""
    old = make_app()
    world.build(old)
    older = None
    with old.app_context():
        older = revisions.known()[1]
        downgrade(revision=older)
        there = set(db.inspect(db.engine).get_table_names())
        shapes = [shape for shape in backup.shapes() if shape.name in there]
        columns = {shape.name: {column["name"] for column in db.inspect(db.engine).get_columns(shape.name)} for shape in shapes}
    shapes = [backup.Shape(shape.name, {name: kind for name, kind in shape.columns.items() if name in columns[shape.name]}, shape.key)
              for shape in shapes]
    with monkeypatch.context() as patch:
        patch.setattr("ecrm.revisions.head", lambda: older)
        patch.setattr("ecrm.backup.taking.shapes", lambda: shapes)
        run(old, "backup", tmp_path / "b.tar")
    new = empty("sqlite")
    said = run(new, "restore", tmp_path / "b.tar", code=1)
    assert older in said and "--migrate" in said
    run(new, "restore", "--migrate", tmp_path / "b.tar")
    with new.app_context():
        assert db.session.query(Complaint).count() == 3
    with monkeypatch.context() as patch:
        patch.setattr("ecrm.revisions.known", lambda: ["0001"])
        assert "does not know" in run(empty("sqlite"), "restore", tmp_path / "b.tar", code=1)


def test_other_secrets_are_named(whole, empty):
    """Without the salt of before nobody gets in: the operator hears of it in time."""
    assert "PASSWORD_SALT" in run(empty("sqlite", PASSWORD_SALT="z" * 43), "restore", whole)


def test_a_folder_that_cannot_be_written(source, tmp_path):
    """One line, although nothing can be removed there either."""
    (tmp_path / "file").write_text("")
    said = run(source, "backup", tmp_path / "file" / "b.tar", code=1)
    assert said.count("\n") == 1 and str(tmp_path / "file") in said and "There is no backup" in said


def test_a_disk_that_is_full_in_the_middle():
    """The reason alone: nothing tries to write once more when it is collected."""
    class Full(io.BytesIO):
        def write(self, _content):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), backup.archive.Writer(Full()) as writer:
        writer.add("x", b"x" * 100_000)
    del writer
    gc.collect()


def test_a_disk_that_is_full(source, tmp_path, monkeypatch):
    """No half of a backup stays."""
    monkeypatch.setattr(os, "fsync", lambda _number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left" in run(source, "backup", tmp_path / "b.tar", code=1) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("start", "end"), [("sqlite", "mariadb"), ("mariadb", "sqlite")])
def test_data_moves(start, end, make_app, database_url, empty):
    """Every row, compared table by table; a second time is refused; numbers of deleted rows do not come again."""
    app = make_app(start)
    world.build(app)
    target = database_url(end)
    said = run(app, "move-data", app.config["ECRM"]["DATABASE_URL"], target)
    assert f"{len(db.metadata.sorted_tables)} tables" in said and "complaint " in said
    there = empty(end, DATABASE_URL=target)
    assert rows(there) == rows(app)
    assert "not empty" in run(app, "move-data", app.config["ECRM"]["DATABASE_URL"], target, code=1)


def test_a_move_that_cannot_be_leaves_nothing(make_app, database_url):
    """What one database takes and the other does not is named, and no row stays behind."""
    app = make_app("sqlite")
    world.build(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Customer.__table__.update().values(address="x" * 5000))
    target = database_url("mariadb")
    assert "address" in run(app, "move-data", app.config["ECRM"]["DATABASE_URL"], target, code=1)
    assert rows(create_app(app.config["ECRM"] | {"DATABASE_URL": target}))["branch"] == []


def test_numbers_of_deleted_rows_stay_gone(make_app, empty, tmp_path):
    """MariaDB remembers the next number of a table; a restore does too."""
    app = make_app("mariadb", owner=True)
    world.build(app)
    with app.app_context():
        db.session.execute(db.text("CREATE TABLE lain (id INT AUTO_INCREMENT PRIMARY KEY)"))  # not ours, and not in a backup
        letter = db.session.scalars(db.select(Letter).order_by(Letter.id.desc())).first()
        gone = letter.id
        db.session.delete(letter)
        db.session.commit()
    run(app, "backup", tmp_path / "b.tar")
    there = empty("mariadb")
    run(there, "restore", tmp_path / "b.tar")
    with there.app_context():
        db.session.add(Letter(to_email="x@mail.example", template="x"))
        db.session.commit()
        assert db.session.scalar(db.select(db.func.max(Letter.id))) > gone


def test_every_column_that_names_a_file_is_known():
    """A new table with files is not forgotten."""
    found = {table.name: column.name for table in db.metadata.sorted_tables for column in table.columns if column.name.endswith("_key") and column.name != "client_key"}
    assert found == COLUMNS, "name the column in ecrm/storage/unnamed.py"

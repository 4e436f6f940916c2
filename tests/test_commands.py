"""Whatever is asked for on the command line: a database that is away, or has no tables yet, is one clear line."""

import click
import pytest

from ecrm import cli, create_app
from tests.settings import SECRETS
from tests.smtp import free_port
from tests.test_import import HEADER, RINA

WORDS = {"administrator": ["a@x.example", "Ani"], "demo": ["--customers", "10", "--complaints", "30"]}
FILES = ("backup", "import customers")
OTHER = {  # what needs no database, or says more than that it is away
    "policy", "translations update", "translations compile", "restore", "move-data", "move-attachments", "worker",
}


def commands(command, name):
    """Yield the words of a command and of all under it."""
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield name
        for word, below in command.commands.items():
            yield from commands(below, f"{name} {word}")
    else:
        yield name


ALL = [name for module in cli.MODULES for command in module.COMMANDS for name in commands(command, command.name)]


@pytest.fixture(scope="module", params=["away", "empty"])
def app(request, tmp_path_factory):
    """An application whose database is away, and one whose database has no tables."""
    url = f"mysql+pymysql://ecrm:RAHASIA@127.0.0.1:{free_port()}/ecrm" if request.param == "away" else f"sqlite:///{tmp_path_factory.mktemp('new')}/new.db"
    return create_app({"PROFILE": "test", "DATABASE_URL": url, **SECRETS})


@pytest.mark.parametrize("name", [name for name in ALL if name not in OTHER])
def test_no_database(app, tmp_path, name):
    """No traceback; it says which database, and which setting or command mends it."""
    (tmp_path / "list.csv").write_text("\n".join(",".join(row) for row in (HEADER, RINA)))
    said = app.test_cli_runner().invoke(args=[*name.split(), *WORDS.get(name, []), *([str(tmp_path / "list.csv")] if name in FILES else [])])
    assert said.exit_code == 1 and isinstance(said.exception, SystemExit), said.output
    assert said.stderr.startswith("Error: The database ") and said.stderr.count("\n") == 1, said.stderr
    assert ("ECRM_DATABASE_URL" in said.stderr or "db upgrade" in said.stderr) and "RAHASIA" not in said.output


def test_the_others_are_commands():
    """A name that is none excuses nothing."""
    assert set(ALL) >= OTHER | set(WORDS) | set(FILES)

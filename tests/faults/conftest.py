"""The machines that are broken, and a line for what came of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.machines import Database, Process, Site


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that prints a line whatever pytest captures."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {request.node.name}: {text}", end="", flush=True)

    return line


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A MariaDB of this file's own."""
    made = Database(tmp_path_factory.mktemp("mariadb") / "server")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that takes a process, or makes the site, and ends it with the test."""
    running: list[Process] = []

    def begin(process: Process) -> Any:
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on either database."""
    url = request.getfixturevalue("database").make() if request.param == "mariadb" else None
    made = Site(tmp_path_factory.mktemp("site") / request.param, url)
    made.start()
    yield made
    made.kill()

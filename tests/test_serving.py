"""The server and the worker beside it, without the application: what happens when they must stop, and when one dies."""

import os
import resource
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest

from ecrm.cli.serving import LARGEST_BODY, OPEN_FILES, listen, serve
from ecrm.cli.supervisor import Supervisor
from ecrm.cli.tether import _end_with_parent

SETTINGS = {"THREADS": 2, "TRUSTED_PROXIES": 0, "DRAIN_SECONDS": 0}


def ok(_environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
    """Answer at once."""
    respond("200 OK", [("Content-Length", "2")])
    return [b"ok"]


class Running:
    """The server in a thread of its own."""

    def __init__(self, app: Callable[..., Any], **settings: int) -> None:
        self.stop, self.listening = threading.Event(), listen("127.0.0.1", 0)
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=serve, args=(app, self.listening, SETTINGS | settings, self.stop))
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a temporary file that waitress leaves to the collector
def test_a_request_in_hand_is_finished() -> None:
    """After the stop nobody new is let in, and who was in gets the whole answer, larger than any buffer of the system."""
    entered, release, body = threading.Event(), threading.Event(), b"x" * 6_000_000

    def slow(_environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        entered.set()
        assert release.wait(30)
        respond("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server, got = Running(slow), []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=30) as answer:
            got.append(answer.read())

    client = threading.Thread(target=ask)
    client.start()
    assert entered.wait(30)
    server.stop.set()
    while server.listening.fileno() != -1:  # until the port is given back
        time.sleep(0.01)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port)).close()
    release.set()
    server.end()
    client.join(30)
    assert got == [body]


def test_who_was_let_in_just_now_is_answered() -> None:
    """A connection is taken, then the stop comes, then the request: no proxy in front has to tell its visitor of a bad gateway."""
    server = Running(ok)
    with socket.create_connection(("127.0.0.1", server.port)) as new, socket.create_connection(("127.0.0.1", server.port)) as begun:
        begun.sendall(b"GET / HT")
        time.sleep(0.1)  # until both are let in
        server.stop.set()
        while server.listening.fileno() != -1:
            time.sleep(0.01)
        begun.sendall(b"TP/1.1\r\nHost: x\r\n\r\n")
        new.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert [connection.recv(1000)[:12] for connection in (new, begun)] == [b"HTTP/1.1 200"] * 2
        server.end()


@pytest.mark.parametrize("visitors", [1, 40])
def test_whom_the_system_let_in_is_answered(visitors: int) -> None:
    """The stop comes while connections wait in the queue of the system, their requests sent: none of them is reset."""
    stop, listening = threading.Event(), listen("127.0.0.1", 0)
    address = listening.getsockname()
    stop.set()
    with ExitStack() as stack:
        waiting = [stack.enter_context(socket.create_connection(address, timeout=10)) for _visitor in range(visitors)]
        for visitor in waiting:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        serve(ok, listening, SETTINGS, stop)
        assert [visitor.recv(1000)[:12] for visitor in waiting] == [b"HTTP/1.1 200"] * visitors
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address).close()


def test_whom_systemd_let_in_is_answered_by_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket outlives the process, and so does its queue."""
    answering: list[str] = []

    def app(_environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        answering.append(process)
        respond("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    stop, listening = threading.Event(), listen("127.0.0.1", 0)
    stop.set()
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    with listening.dup() as kept, socket.create_connection(listening.getsockname(), timeout=10) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        process = "first"
        serve(app, listening, SETTINGS, stop)
        process = "next"
        monkeypatch.delenv("LISTEN_PID")
        serve(app, kept.dup(), SETTINGS, stop)
        assert (visitor.recv(1000)[:12], answering) == (b"HTTP/1.1 200", ["next"])


def test_a_server_that_was_told_to_stop_answers_until_a_balancer_has_noticed() -> None:
    """New connections are taken for as long as the setting says, and none after that."""
    asked: list[bool] = []

    def app(_environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(server.stop.is_set())
        respond("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    server = Running(app, DRAIN_SECONDS=2)
    server.stop.set()
    time.sleep(0.8)  # longer than one look of the loop
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=10) as answer:
        assert (answer.read(), asked) == (b"ok", [True])
    server.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port)).close()


def test_an_idle_connection_does_not_hold_the_end_up() -> None:
    """A browser keeps its connections open for minutes."""
    server = Running(ok)
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = idle.recv(1000)
        assert answer.startswith(b"HTTP/1.1 200") and b"Server:" not in answer
        server.end()


@pytest.mark.parametrize(("hops", "believed"), [(0, None), (1, "203.0.113.9")])
def test_proxy_headers_pass_only_where_a_proxy_is_named(hops: int, believed: str | None) -> None:
    """From anybody else they are taken away before the application sees them."""
    seen: list[Any] = []

    def app(environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_X_FORWARDED_FOR"))
        respond("200 OK", [("Content-Length", "0")])
        return []

    server = Running(app, TRUSTED_PROXIES=hops)
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/", headers={"X-Forwarded-For": "203.0.113.9"})
    urllib.request.urlopen(request, timeout=30).close()
    server.end()
    assert seen == [believed]


def test_many_half_open_connections_do_not_keep_others_out() -> None:
    """More than select() can count; the next visitor is answered."""
    server = Running(ok)
    half = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(600)]
    for connection in half:
        connection.sendall(b"GET / HTTP/1.1\r\n")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=30) as answer:
        assert answer.read() == b"ok"
    for connection in half:
        connection.close()
    server.end()


def test_a_body_beyond_every_form_is_refused() -> None:
    """By its announced length, before it is read."""
    server = Running(lambda _environ, _respond: pytest.fail("the application saw it"))
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
    server.end()


def test_an_address_that_is_none() -> None:
    """Of no machine, or not of this one."""
    for host in ("no such host", "192.0.2.1"):
        with pytest.raises(click.ClickException, match="ECRM_HOST"):
            listen(host, 8000)


def test_a_port_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only root may take it, another one is proposed."""
    def refused(*_address: Any, **_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(click.ClickException, match="Port 80 needs the rights of root: .* ECRM_PORT"):
        listen("127.0.0.1", 80)


def ok(_environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
    respond("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.mark.parametrize(("known", "raised"), [(True, True), (False, False)])
def test_as_many_open_files_as_connections_need(monkeypatch: pytest.MonkeyPatch, known: bool, raised: bool) -> None:
    """A low limit is raised as far as the system allows; where there is none to raise, it serves all the same."""
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if not known:
        monkeypatch.setitem(sys.modules, "resource", None)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most - 1, hard))
    try:
        server = Running(ok)
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=30) as answer:
            assert answer.read() == b"ok"
        server.end()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == (most if raised else most - 1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def script(path: Path, text: str) -> list[str]:
    path.write_text(text)
    return [sys.executable, str(path)]


def test_a_worker_that_dies_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said each time, with a growing pause; the stop ends it."""
    log = tmp_path / "log"
    command = script(tmp_path / "worker.py", f"open({str(log)!r}, 'a').write('x'); raise SystemExit(3)")
    stop = threading.Event()
    supervisor = Supervisor(stop, command)
    supervisor.start()
    while not log.exists() or log.read_text() != "xx":
        assert supervisor.is_alive()
        time.sleep(0.05)
    stop.set()
    supervisor.join(15)
    assert not supervisor.is_alive()
    said = capsys.readouterr().err
    assert "exit code 3" in said and "in 1 s" in said


def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its supervisor outlives the moment in which the machine has no memory or no program."""
    log, program = tmp_path / "log", tmp_path / "worker"
    stop = threading.Event()
    supervisor = Supervisor(stop, [str(program)])
    supervisor.start()
    said = ""
    while "cannot be started" not in said:
        assert supervisor.is_alive()
        time.sleep(0.05)
        said += capsys.readouterr().err
    program.write_text(f"#!/bin/sh\necho x > {log}\n")
    program.chmod(0o755)
    while not log.exists():
        assert supervisor.is_alive()
        time.sleep(0.05)
    stop.set()
    supervisor.join(15)
    assert "The worker ended" in said + capsys.readouterr().err


def test_the_worker_is_told_to_stop_and_may_finish(tmp_path: Path) -> None:
    """Its standard input ends; what it still has to do is done."""
    log = tmp_path / "log"
    command = script(tmp_path / "worker.py", f"import sys\nf = open({str(log)!r}, 'w')\nprint('began', file=f, flush=True)\n"
                                             "sys.stdin.read()\nprint('finished', file=f)")
    stop = threading.Event()
    supervisor = Supervisor(stop, command)
    supervisor.start()
    while not log.exists() or not log.read_text():
        time.sleep(0.05)
    stop.set()
    supervisor.join(15)
    assert log.read_text() == "began\nfinished\n"


def test_a_stop_before_the_first_worker(tmp_path: Path) -> None:
    """None is started any more."""
    stop, log = threading.Event(), tmp_path / "log"
    stop.set()
    supervisor = Supervisor(stop, ["touch", str(log)])
    supervisor.start()
    supervisor.join(15)
    assert not supervisor.is_alive() and not log.exists()


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop does not wait for it for ever."""
    monkeypatch.setattr("ecrm.cli.supervisor.PATIENCE", 0.2)
    stop, log = threading.Event(), tmp_path / "log"
    supervisor = Supervisor(stop, ["sh", "-c", f"echo $$ > {log}; exec sleep 600"])
    supervisor.start()
    while not log.exists() or not log.read_text():
        time.sleep(0.02)
    stop.set()
    supervisor.join(15)
    assert not supervisor.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


def test_the_tether_holds_until_its_other_end_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to it is no end; the end asks this process, and nobody else, to stop."""
    asked, (read, write), real = threading.Event(), os.pipe(), os.read
    monkeypatch.setattr(os, "read", lambda number, count: real(read if number == 0 else number, count))
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        tether = threading.Thread(target=_end_with_parent)
        tether.start()
        os.write(write, b"xyz")
        tether.join(0.1)
        assert tether.is_alive() and not asked.is_set()
        os.close(write)
        tether.join(15)
        assert asked.wait(15) and not tether.is_alive()
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(read)


def test_the_worker_ends_with_a_server_that_was_killed(tmp_path: Path) -> None:
    """No orphan goes on sending letters: the tether turns the end of its parent into a SIGTERM."""
    log = tmp_path / "log"
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import pathlib, signal, sys, threading, types\n"
        "end = threading.Event()\n"
        "signal.signal(signal.SIGTERM, lambda *_: end.set())\n"
        "import flask.cli, runpy\n"
        f"log = open({str(log)!r}, 'w')\n"
        "def main():\n"
        "    print('began', file=log, flush=True)\n"
        "    while not end.wait(0.1): pass\n"
        "    print('told to stop', file=log, flush=True)\n"
        "flask.cli.main = main\n"
        "runpy.run_module('ecrm.cli.tether', run_name='__main__')\n"
    )
    parent = tmp_path / "parent.py"
    parent.write_text(f"import subprocess, sys\nsubprocess.Popen([sys.executable, {str(worker)!r}], stdin=subprocess.PIPE).wait()\n")
    pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, str(parent)])
    while not log.exists() or not log.read_text():
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    deadline = time.monotonic() + 60
    while "told to stop" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)

"""The production server: one process, threads, bounded connections and bodies, and an end that finishes what it began."""

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import click
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

HAS_POLL = hasattr(wasyncore.select, "poll")
# With select() a process breaks at its 1024th (on Windows 512th) open file; poll() has no such bound.
CONNECTIONS = 1000 if HAS_POLL else 400
OPEN_FILES = 8192
LARGEST_BODY = 64 * 1024 * 1024  # bytes; what a form may hold is bounded by the application, far lower
FIRST_HANDED = 3  # the number of the first file that systemd hands over
JUST_NOW = 1.0  # seconds
BACKLOG = 1024 if HAS_POLL else 100  # connections that the system takes for us and we have not looked at yet
PATIENCE = 8  # seconds that requests in hand have to finish; with the worker beside it all ends within ten


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done; raises ClickException with the remedy where it is not to be had.

    Where systemd listens for us, so that nobody is refused while we restart, its socket is taken (sd_listen_fds(3)).
    """
    if _handed_over():
        return socket.socket(fileno=FIRST_HANDED)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except PermissionError as error:
        raise click.ClickException(f"Port {port} needs the rights of root: choose one above 1023 with ECRM_PORT.") from error
    except socket.gaierror as error:
        raise click.ClickException(f"ECRM_HOST {host} is not an address ({error.strerror}).") from error
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host} port {port} ({_reason(error)}): end the program that does, or choose another with "
            f"ECRM_PORT={port + 1} (or ECRM_HOST)."
        ) from error


def _handed_over() -> bool:
    return os.environ.get("LISTEN_PID") == str(os.getpid())


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).split(" (while")[0]


def serve(app: Callable[..., Any], listening: socket.socket, settings: dict[str, Any], stop: threading.Event) -> None:
    """Answer requests until `stop` is set and DRAIN_SECONDS longer, while /readyz sends a balancer elsewhere; then finish those in hand."""
    _raise_open_files()
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        sockets=[listening],
        backlog=BACKLOG,
        threads=settings["THREADS"],
        connection_limit=CONNECTIONS,
        max_request_body_size=LARGEST_BODY,
        # What a proxy of ours says about the visitor is read by ProxyFix; from anybody else nobody believes it.
        clear_untrusted_proxy_headers=not settings["TRUSTED_PROXIES"],
        ident=None,
    )
    while not stop.is_set():
        wasyncore.loop(timeout=0.5, use_poll=HAS_POLL, map=sockets, count=1)
    until = time.monotonic() + settings["DRAIN_SECONDS"]
    while time.monotonic() < until:
        wasyncore.loop(timeout=0.1, use_poll=HAS_POLL, map=sockets, count=1)
    _finish(server, sockets)


def _finish(server: Any, sockets: dict[int, Any]) -> None:
    """Take no new connection, let the requests in hand be answered, and close."""
    until = time.monotonic() + PATIENCE
    if not _handed_over():  # whoever systemd has let in waits for the next process
        for _connection in range(BACKLOG):  # whoever the system has let in would see the connection reset, with the request sent
            server.handle_accept()
    wasyncore.dispatcher.close(server)  # the listening socket alone; server.close() would cut off the answers too
    while time.monotonic() < until and any(_busy(channel) for channel in list(server.active_channels.values())):
        wasyncore.loop(timeout=0.1, use_poll=HAS_POLL, map=sockets, count=1)
    server.task_dispatcher.shutdown(timeout=max(0.1, until - time.monotonic()))
    wasyncore.close_all(sockets, ignore_all=True)


def _busy(channel: HTTPChannel) -> bool:
    """Return whether a request waits for its answer, or an answer for its client, or one may be on its way: it came, or began, just now."""
    return bool(channel.requests) or channel.total_outbufs_len > 0 or time.time() - channel.last_activity < JUST_NOW


def _raise_open_files() -> None:
    """Let this process open as many files as its connections need, where the system allows it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""Static files for slow connections: addressed by content, kept by browsers for a year, and compressed."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

YEAR = 365 * 24 * 3600  # seconds
# Files only: a page holds the anti-forgery token beside what the address says, and its compressed length would tell of both.
TEXTS = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.extensions["assets"] = {}
    app.jinja_env.globals["asset"] = asset
    app.after_request(_for_long)


def asset(name: str, endpoint: str = "static") -> str:
    """Return the address of a static file of ours, or of a blueprint's by its endpoint, with the file's fingerprint."""
    known: dict[tuple[str, str, str], str] = current_app.extensions["assets"]
    place = endpoint, name, request.script_root  # a proxy may serve us under a path of its own
    if place not in known or current_app.debug:  # who develops changes files under a running server
        known[place] = url_for(endpoint, filename=name, v=_fingerprint(_path(endpoint, name)))
    return known[place]


def _path(endpoint: str, name: str) -> Path:
    """Return where a file of a static endpoint stands: of the application's own, "static", or of "<blueprint>.static"."""
    owner = current_app.blueprints[endpoint.rpartition(".")[0]] if "." in endpoint else current_app
    return Path(owner.static_folder or "") / name


def _fingerprint(path: Path) -> str:
    return _hash(path, path.stat().st_mtime_ns)


@lru_cache
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache
def _compressed(path: Path, _fingerprint: str) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _for_long(response: Response) -> Response:
    """Let browsers keep a file that was asked for by its fingerprint, and compress it."""
    endpoint = request.endpoint or ""
    if not (endpoint == "static" or endpoint.endswith(".static")) or response.status_code != 200 or request.method != "GET":
        return response
    path = _path(endpoint, (request.view_args or {})["filename"])
    fingerprint = _fingerprint(path)
    if request.args.get("v") != fingerprint:
        return response
    if response.mimetype in TEXTS:
        if "gzip" in request.accept_encodings:
            response.close()
            response = Response(_compressed(path, fingerprint), mimetype=response.mimetype, headers={"Content-Encoding": "gzip"})
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response

"""Static files for slow connections: addressed by content, kept by browsers for a year, and compressed."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

YEAR = 365 * 24 * 3600  # seconds
TEXTS = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_for_long)


def asset(name: str) -> str:
    """Return the address of a static file, with its fingerprint."""
    return url_for("static", filename=name, v=_fingerprint(Path(current_app.static_folder or "") / name))


@lru_cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _for_long(response: Response) -> Response:
    """Let browsers keep a file that was asked for by its fingerprint, and compress it."""
    if request.endpoint != "static" or response.status_code != 200 or request.method != "GET" or not request.args.get("v"):
        return response
    path = Path(current_app.static_folder or "") / (request.view_args or {})["filename"]
    if request.args["v"] != _fingerprint(path):
        return response
    if response.mimetype in TEXTS:
        if "gzip" in request.accept_encodings:
            response.close()
            response = Response(_compressed(path), mimetype=response.mimetype, headers={"Content-Encoding": "gzip"})
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response

"""Effective speeds as downloads, for those who may export subscriptions."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue
from flask_admin import expose

from ecrm import exports
from ecrm.extensions import db
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.reports import speeds


class Speeds:
    """The part of the screen of subscriptions that says what provisioning sets."""

    extra_needs = {"speeds_view": Right.EXPORT}
    list_template = "admin/subscriptions.html"

    @expose("/speeds/<kind>/")
    def speeds_view(self, kind: str) -> ResponseReturnValue:
        """Send the speeds as a table (csv) or as a RADIUS users file (radius)."""
        if kind not in ("csv", "radius"):
            abort(404)
        at = now()
        db.session.close()  # no connection of the page waits while the file is read
        rows = speeds.every(db.engine, at)
        if kind == "csv":
            return exports.response("csv", f"speeds-{at:%Y%m%d}", list(speeds.HEADER), (one.row() for one in rows))
        answer = Response(_pieces(speeds.radius(rows)), content_type="text/plain; charset=utf-8")
        answer.headers.set("Content-Disposition", "attachment", filename=f"speeds-{at:%Y%m%d}.users")
        return answer


def _pieces(lines: Iterator[Any]) -> Iterator[str]:
    while piece := "".join(islice(lines, 500)):
        yield piece

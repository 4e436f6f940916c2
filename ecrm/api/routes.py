"""The addresses of the API, made from its resources."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from ecrm.api import document, door, reading, speeds, writing
from ecrm.api.problems import Problem
from ecrm.api.resources import COMPLAINTS, RESOURCES, SPEEDS, SUBSCRIPTIONS, Resource

ROW = "<int(min=1,max=2147483647):id>"
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.url_value_preprocessor(door.forget_cookies)
blueprint.before_request(door.come_in)


@blueprint.errorhandler(Problem)
def _said(problem: Problem) -> Response:
    """Answer with what is wrong."""
    return problem.answer()


def _bind(path: str, endpoint: str, method: str, view: Callable[..., Response], resource: Resource) -> None:
    def bound(**arguments: Any) -> Response:
        return view(resource, **arguments)

    blueprint.add_url_rule(path, endpoint, bound, methods=[method])


for _resource in RESOURCES:
    _name = _resource.name
    _bind(f"/{_name}", f"{_name}_list", "GET", reading.listed, _resource)
    _bind(f"/{_name}/{ROW}", f"{_name}_one", "GET", reading.one, _resource)
    if _resource.create:
        _bind(f"/{_name}", f"{_name}_create", "POST", writing.create, _resource)
    if _resource.edit:
        _bind(f"/{_name}/{ROW}", f"{_name}_change", "PATCH", writing.change, _resource)
        _bind(f"/{_name}/{ROW}/moves", f"{_name}_move", "POST", writing.act, _resource)
_bind(f"/{COMPLAINTS.name}/{ROW}/replies", "replies_list", "GET", reading.replies, COMPLAINTS)
_bind(f"/{COMPLAINTS.name}/{ROW}/replies", "replies_create", "POST", writing.reply, COMPLAINTS)
_bind(f"/{SUBSCRIPTIONS.name}/{ROW}/speed", "speeds_one", "GET", speeds.one, SUBSCRIPTIONS)
_bind(f"/{SPEEDS.name}", "speeds_list", "GET", speeds.listed, SPEEDS)
blueprint.add_url_rule("/openapi.json", "document", document.show)

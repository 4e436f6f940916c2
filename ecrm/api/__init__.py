"""The JSON API: programs read and write what a person may, by the same policy, rules and lifecycles."""

from flask import Flask

from ecrm.api import door, problems, routes
from ecrm.extensions import csrf


def init_app(app: Flask) -> None:
    """Bind to the application. Cookies open nothing here, so that no other site can send a browser's requests in its person's name."""
    app.register_blueprint(routes.blueprint)
    csrf.exempt(routes.blueprint)
    door.init_app(app)
    problems.init_app(app)

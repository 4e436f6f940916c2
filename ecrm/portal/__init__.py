"""The customers' site, and the account pages of everybody."""

from flask import Flask

from ecrm.portal import accounts, asking, devices, drafts, errors, kept, look, notices, refusals, sessions, throttle, two_factor
from ecrm.portal import (  # noqa: F401 - they register their routes
    account_pages, application, complaint_entry, complaint_list, complaint_page, coverage, demand, help_pages, home, incoming, interest, outage_pages, own_data, profile, public, session_pages,
)
from ecrm.portal.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.register_blueprint(blueprint)  # before Flask-Security's, so that our security/*.html are found first
    look.init_app(app)
    accounts.init_app(app)
    sessions.init_app(app)
    notices.init_app(app)
    two_factor.init_app(app)
    asking.init_app(app)
    devices.init_app(app)
    throttle.init_app(app)
    refusals.init_app(app)
    drafts.init_app(app)
    errors.init_app(app)
    kept.init_app(app)

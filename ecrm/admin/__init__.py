"""The staff's sites: one Flask-Admin site for each role, built from the policy."""

from flask import Flask

from ecrm import policy, rows
from ecrm.admin import site
from ecrm.admin.recaps import RecapView
from ecrm.admin.screens import SCREENS
from ecrm.admin.week import WeekView
from ecrm.models import Visit
from ecrm.models.account import STAFF
from ecrm.reports import recaps
from ecrm.web import nonce


def init_app(app: Flask) -> None:
    """Make the five sites, each with the screens of the tables that its role has an entry for."""
    app.register_blueprint(site.doors)
    for role in STAFF:
        admin = site.Site(app, role, nonce)
        if recaps.of(role):
            admin.add_view(RecapView(role))
        visits = policy.grant(Visit, role)
        if visits is not None and visits.rows is rows.everything:
            admin.add_view(WeekView(role))
        for screen in SCREENS:
            if policy.grant(screen.model, role):
                admin.add_view(screen(role))
    app.jinja_env.globals["staff_roles"] = site.staff_roles

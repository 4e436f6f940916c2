"""The customers' site."""

from flask import Flask

from ecrm.portal import accounts


def init_app(app: Flask) -> None:
    """Bind to the application."""
    accounts.init_app(app)

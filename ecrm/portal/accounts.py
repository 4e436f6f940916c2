"""Registration, login and what belongs to accounts, by Flask-Security."""

from flask import Flask
from flask_security import SQLAlchemyUserDatastore

from ecrm.extensions import db, security
from ecrm.models import Role, User


def init_app(app: Flask) -> None:
    """Bind Flask-Security to the application."""
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role))

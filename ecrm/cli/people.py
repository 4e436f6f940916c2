"""`flask administrator` opens the first account of an installation, from which all the others are made."""

from datetime import timedelta

import click
from email_validator import validate_email
from flask import current_app
from flask.cli import with_appcontext
from flask_security import url_for_security
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Role, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules.account import open_account


@click.command()
@click.argument("email")
@click.argument("name")
@with_appcontext
def administrator(email: str, name: str) -> None:
    """Make the account of an administrator and print the link where its password is chosen; again, for a new link."""
    try:
        address = validate_email(email, check_deliverability=False).normalized.lower()  # as the log-in asks
        user = db.session.scalars(select(User).where(User.email == address)).one_or_none()
        if user is not None and RoleName.ADMINISTRATOR not in user.role_names:
            raise click.ClickException(f"{address} is somebody else's account; an administrator can give it the role on its page.")
        user = user or _made(address, name)
        db.session.commit()
        hours = current_app.config["SECURITY_RESET_PASSWORD_WITHIN"] // timedelta(hours=1)
        click.echo(f"Within {hours} hours, choose the password of {address} at\n\n  {_link(user)}\n")
    except ValueError as error:
        raise click.ClickException(f"{email} is no e-mail address to log in with: {str(error).rstrip('.')}.") from error


def _made(address: str, name: str) -> User:
    role = db.session.scalars(select(Role).where(Role.name == RoleName.ADMINISTRATOR.value)).one_or_none()
    if role is None:
        raise click.ClickException("There are no roles yet: start E-CRM once, or run `flask --app ecrm seed`.")
    user = User(email=address, name=name, roles=[role], active=True)
    open_account(user, now())
    db.session.add(user)
    return user


def _link(user: User) -> str:
    """Return the link at our public address."""
    with current_app.test_request_context(base_url=current_app.config["ECRM"]["PUBLIC_URL"]):
        return str(url_for_security("reset_password", token=generate_reset_password_token(user), _external=True))


COMMANDS: tuple[click.Command, ...] = (administrator,)

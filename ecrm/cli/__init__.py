"""The command line: the modules whose commands `flask --app ecrm` offers; each lists its own in COMMANDS."""

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from ecrm.cli import backup, counters, data, grants, letters, moving, people, policy, risk, translations, worker
from ecrm.cli.ready import unreachable

MODULES = (
    backup,
    counters,
    data,
    grants,
    letters,
    moving,
    people,
    policy,
    risk,
    translations,
    worker,
)


def init_app(app: Flask) -> None:
    """Register the commands of every module; that the database is away, or has no tables yet, each says in one line."""
    for module in MODULES:
        for command in module.COMMANDS:
            app.cli.add_command(_in_one_line(command))


def _in_one_line(command: click.Command) -> click.Command:
    def invoke(context: click.Context) -> object:
        try:
            return type(command).invoke(command, context)
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            with context.ensure_object(ScriptInfo).load_app().app_context():
                raise unreachable(error) from error

    command.invoke = invoke  # type: ignore[method-assign]
    return command

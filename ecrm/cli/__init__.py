"""The command line: the modules whose commands `flask --app ecrm` offers; each lists its own in COMMANDS."""

from flask import Flask

from ecrm.cli import backup, counters, data, grants, letters, moving, people, policy, risk, translations, worker

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
    """Register the commands of every module."""
    for module in MODULES:
        for command in module.COMMANDS:
            app.cli.add_command(command)

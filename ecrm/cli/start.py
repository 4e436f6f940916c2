"""`flask start`: from nothing to a company that works: settings, database, data, worker and server, until Ctrl-C."""

import logging
import os
import signal
from pathlib import Path
from socket import socket

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, pass_script_info

from ecrm import config, health, logs, metrics
from ecrm.cli import filling, ready
from ecrm.cli.serving import listen, serve
from ecrm.cli.setup import make_config
from ecrm.cli.supervisor import Supervisor
from ecrm.extensions import db
from ecrm.seeds.accounts import DEMO_LOGINS


@click.command()
@click.option("--without-worker", is_flag=True, help="Serve pages only: `flask worker` delivers letters elsewhere.")
@pass_script_info
def start(info: ScriptInfo, without_worker: bool) -> None:
    """Migrate the database, then serve the pages and deliver letters until Ctrl-C."""
    os.umask(0o077)  # what is made here, the database first of all, is for its owner alone
    _make_secrets()
    app = info.load_app()
    settings = app.config["ECRM"]
    logs.set_up(settings["LOG_FORMAT"], logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that somebody waits a moment is no news
    listening = listen(settings["HOST"], settings["PORT"])
    _listen_for_prometheus(app)
    with app.app_context():
        ready.check_folders()
        ready.migrate_database()
        filling.fill_empty()
        ready.check_production()
        _announce()
        db.engine.dispose()  # pages get connections of their own, with less patience than commands have
    _run(app, listening, without_worker)


def _make_secrets() -> None:
    """Make config.py where secrets are missing; production gets its secrets from its operator."""
    missing = any(not os.environ.get(f"ECRM_{setting.name}") for setting in config.SETTINGS if setting.default is config.REQUIRED)
    if missing and os.environ.get("ECRM_PROFILE") != "production" and make_config(folder := config.instance_folder()):
        click.echo(f"Made {folder / 'config.py'} with fresh secrets.")


def _listen_for_prometheus(app: Flask) -> None:
    try:
        metrics.listen(app)
    except OSError as error:
        address = app.config["ECRM"]["METRICS_ADDRESS"]
        raise click.ClickException(f"ECRM_METRICS_ADDRESS {address} is not to be had ({error.strerror}): end the program that has it, or choose another.") from error


def _run(app: Flask, listening: socket, without_worker: bool) -> None:
    """Serve until a signal comes, with the worker beside; a second signal ends it at once."""
    stop = health.stopping(app)

    def end(_number: int, _frame: object) -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    supervisor = Supervisor(stop)
    if not without_worker:
        supervisor.start()
    try:
        ready.settle(app)
        serve(app, listening, app.config["ECRM"], stop)
    finally:
        stop.set()
        if not without_worker:
            supervisor.join()
    click.echo("Stopped.")


def _announce() -> None:
    settings = current_app.config["ECRM"]
    if settings["PROFILE"] == "demo" and filling.demo_is_there():
        click.echo("\nDemo logins:\n")
        for role, email, password in DEMO_LOGINS:
            click.echo(f"  {role.value:14} {email:28} {password}")
    mail = settings["MAIL_SERVER"] or f"the folder {Path(current_app.instance_path) / 'mail'}, since ECRM_MAIL_SERVER is not set"
    click.echo(f"\nLetters go to {mail}.")
    address = config.web_address(settings["HOST"], settings["PORT"])
    public = "" if settings["PUBLIC_URL"] == address else f" ({settings['PUBLIC_URL']})"
    click.echo(f"E-CRM is at {address}{public}. Ctrl-C stops it.\n")

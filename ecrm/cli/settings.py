"""`flask settings`: every setting with what it is here, or the page docs/configuration.md."""

import os
from typing import Any

import click

from ecrm import config
from ecrm.config import REQUIRED, SETTINGS, Setting

PAGE = """\
# Configuration

Each setting is an environment variable `ECRM_<NAME>`, or `NAME = value` in `config.py` in the instance folder; the environment wins over the file,
the file over the default. A setting that is missing or malformed refuses to start, with its name. `flask --app ecrm settings` prints what holds here.

The instance folder is `instance/` beside the package, or the folder that `ECRM_INSTANCE` names. `flask --app ecrm setup` makes it, with fresh secrets.

This page is written by `flask --app ecrm settings --markdown`.

| setting | type | default | meaning |
|---|---|---|---|
{rows}

## Production

`ECRM_PROFILE=production` refuses to start

- while one of the secrets above has fewer than {shortest} characters,
- without `ECRM_HTTPS_COOKIES=true` and an `ECRM_PUBLIC_URL` that begins with `https://`,
- while the database holds logins of the demo.

It answers only to the host name in `ECRM_PUBLIC_URL`. A reverse proxy in front must pass `Host` on; set `ECRM_TRUSTED_PROXIES` to the number of proxies, so
that the real address of a visitor is known. Another WSGI server takes the application from `ecrm.wsgi:app`; beside it run `flask --app ecrm worker`, which
delivers letters. Where several servers share a database, `flask --app ecrm start --without-worker` serves pages only; more than one worker does no harm.
"""


@click.command()
@click.option("--markdown", is_flag=True, help="Print the page docs/configuration.md.")
def settings(markdown: bool) -> None:
    """Print every setting, its value here and where it was set; secrets stay hidden."""
    if markdown:
        click.echo(page(), nl=False)
        return
    folder = config.instance_folder()
    file, environ = config.read_file(folder / "config.py"), dict(os.environ)
    click.echo(f"Instance folder: {folder}\n")
    for setting in SETTINGS:
        where = config.source(setting, environ, file)
        value = environ.get(f"ECRM_{setting.name}") or file.get(setting.name) if where else setting.default
        click.echo(f"{setting.name:16} {_shown(setting, value):30} {where or 'default'}")


def page() -> str:
    """Return the text of docs/configuration.md."""
    rows = (
        f"| `ECRM_{setting.name}` | {setting.parse.__doc__} | {_default(setting.default)} | {setting.doc} |" for setting in SETTINGS
    )
    return PAGE.format(rows="\n".join(rows), shortest=config.SHORTEST_KEY)


def _shown(setting: Setting, value: Any) -> str:
    if value is REQUIRED:
        return "(missing)"
    if value is None:
        return "-"
    return "(hidden)" if setting.secret else str(value)


def _default(value: Any) -> str:
    if value is REQUIRED:
        return "**required**"
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"

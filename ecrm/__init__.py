"""E-CRM: customer care for internet providers. create_app is the one place where the parts meet."""

import gc
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context, request, session
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

gc.disable()  # a tenth of the imports would go into looking for garbage that is not there, at Python's own threshold a fifth

from ecrm import admin, api, assets, cli, config, day_marks, health, i18n, letters, logs, metrics, offline, portal, retries, trail, web
from ecrm.extensions import babel, csrf, db, let_go, mail, migrate
from ecrm.flask_config import flask_config
from ecrm.privacy import copying
from ecrm.routing import LateRule

gc.freeze()  # what is imported stays: nothing looks at it again, nor at the thousand of 190,000 objects that are garbage
gc.enable()
gc.set_threshold(10_000, 20, 20)  # at Python's own 700 a list is interrupted again and again

__version__ = "0.1.0"
LANGUAGES = ("id", "en")


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Return the application; `overrides` are settings by name, over ECRM_… and instance/config.py.

    Raises config.BadSetting, which names the setting, where one is missing or malformed.
    """
    app = Flask(__name__, instance_path=str(config.instance_folder()))
    app.url_rule_class = LateRule
    values = config.read(Path(app.instance_path), overrides=overrides)
    app.config.from_mapping(flask_config(values))
    db.init_app(app)
    let_go(app)
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)
    logs.init_app(app)
    metrics.init_app(app)
    babel.init_app(app, locale_selector=_language)
    i18n.init_app(app, babel)
    csrf.init_app(app)
    mail.init_app(app)
    trail.init_app()
    day_marks.init_app()
    web.init_app(app)
    assets.init_app(app)
    health.init_app(app)
    retries.init_app(app)
    for part in (letters, copying, offline, portal, admin, api, cli):
        part.init_app(app)
    if values["TRUSTED_PROXIES"]:
        hops = values["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _language() -> str:
    """Return the account's language, else the one chosen in this session, else the browser's, else the setting; a program says which."""
    if not has_request_context():
        return current_app.config["BABEL_DEFAULT_LOCALE"]
    if request.blueprint != "api" and current_user and current_user.is_authenticated:
        return current_user.language.value
    if request.blueprint != "api" and session.get("language") in LANGUAGES:
        return session["language"]
    return request.accept_languages.best_match(LANGUAGES, current_app.config["BABEL_DEFAULT_LOCALE"])

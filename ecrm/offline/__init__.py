"""The technician's and the customer's sites as installable apps: manifests, service workers, and the pages without a network."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask_babel import force_locale, get_locale

from ecrm.assets import asset
from ecrm.models.account import Language
from ecrm.offline.sites import COLOURS, SITES, Site

blueprint = Blueprint("offline", __name__, template_folder="templates")
LANGUAGES = tuple(language.value for language in Language)
ONE_SITE = f"any({', '.join(SITES)})"
ONE_LANGUAGE = f"any({', '.join(LANGUAGES)})"
ICONS = (("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable"))


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["app_colours"] = COLOURS


@blueprint.get(f"/<{ONE_SITE}:site>.webmanifest")
def manifest(site: str) -> Response:
    """Say under which name, icon and colours a phone keeps the site, and where it begins."""
    company, it = current_app.config["ECRM"]["COMPANY_NAME"], SITES[site]
    start = url_for(it.start)
    return _fresh(json.dumps({
        "id": start, "start_url": start, "scope": "/", "display": "standalone", "lang": str(get_locale()), "dir": "ltr",
        "name": f"{company} – {it.name}", "short_name": str(it.name), "description": str(it.description),
        "background_color": COLOURS["paper"], "theme_color": COLOURS["light"],
        "icons": [{"src": asset(f"app/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
                  for name, size, purpose in ICONS],
    }), "application/manifest+json")


@blueprint.get(f"/<{ONE_SITE}:site>-worker.js")
def worker(site: str) -> Response:
    """Return the service worker with the shell that it keeps; whatever changes there changes the name of its cache."""
    it = SITES[site]
    pages = {language: url_for("offline.page", site=site, language=language) for language in LANGUAGES}
    drawn = [_page(it, language) for language in LANGUAGES]
    shell: dict[str, Any] = {"files": _files(it), "pages": pages, "else": LANGUAGES[0],
                             "scripts": [asset(f"app/{name}.js") for name in it.worker_scripts]}
    shell["cache"] = "shell-" + sha256(json.dumps([shell, drawn]).encode()).hexdigest()[:16]
    script = Path(current_app.static_folder or "") / "app" / "worker.js"
    return _fresh(f"const SHELL = {json.dumps(shell)};\n{script.read_text()}", "text/javascript")


@blueprint.get(f"/offline/<{ONE_SITE}:site>/<{ONE_LANGUAGE}:language>")
def page(site: str, language: str) -> Response:
    """Return the page that stands for every other one while there is no network; nothing personal is on it."""
    return _fresh(_page(SITES[site], language), "text/html")


def _page(site: Site, language: str) -> str:
    with force_locale(language):
        company, phone = (current_app.config["ECRM"][name] for name in ("COMPANY_NAME", "COMPANY_PHONE"))
        return render_template(site.template, site=site, language=language, company=company, company_phone=phone,
                               start=url_for(site.start), foreign=_foreign(site))


def _files(site: Site) -> list[str]:
    return [asset(name) for name in site.files] + _foreign(site)


def _foreign(site: Site) -> list[str]:
    return [asset(*file) for file in site.foreign]


def _fresh(text: str, mimetype: str) -> Response:
    """Return an answer about which browsers ask each time whether it is still the same."""
    answer = Response(text, mimetype=mimetype)
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)

"""Letters from their templates: subject, text and HTML, in the reader's language and the branch's time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import force_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from ecrm import formats
from ecrm.letters import signed
from ecrm.models import Letter
from ecrm.models.account import Language
from ecrm.models.base import Priority
from ecrm.models.pdp_request import PdpKind
from ecrm.rules.complaint import CLOSE_DAYS, REOPEN_DAYS
from ecrm.rules.phone import readable

FOLDER = Path(__file__).parent / "templates"
AUDIENCES = ("customer", "applicant", "technician", "support", "sales", "manager", "administrator")
LONGEST_SUBJECT = 200  # characters
# Anybody can register somebody else's address under the name of a link; we do not carry it to them.
LIKE_A_LINK = re.compile(r"[:/\\@]|www\.", re.IGNORECASE)


@dataclass(frozen=True)
class Rendered:
    """A letter as it is read."""

    subject: str
    text: str
    html: str


def init_app(app: Flask) -> None:
    """Make the templates' environment: the application's translations and escaping, our own folder and filters."""
    environment = app.jinja_env.overlay(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters = environment.filters | {"moment": _moment, "since": _since, "until": _until, "day": _day, "urgency": lambda number: str(Priority(number)),
                                                     "wanted": lambda word: str(PdpKind(word))}
    app.extensions["letters"] = environment


def path_of(template: str) -> str:
    """Return the file of a template: complaint_assign_customer is complaint/assign_customer.txt."""
    folders = (folder.name for folder in FOLDER.iterdir() if folder.is_dir())
    folder = next((folder for folder in folders if template.startswith(f"{folder}_")), "")
    return f"{folder}/{template.removeprefix(f'{folder}_')}.txt"


def render(letter: Letter) -> Rendered:
    """Return the words of a letter of the outbox.

    Raises jinja2.TemplateError where there is no template or a fact is missing.
    """
    if "html" in letter.data:  # written when it was queued
        return Rendered(letter.data["subject"], letter.data["body"], letter.data["html"])
    customer = letter.customer
    newcomer = customer.number if customer and customer.user_id is None else None
    return compose(letter.template, letter.language, letter.to_name, letter.data, newcomer)


def compose(
    template: str, language: Language, name: str, data: Mapping[str, Any], customer_number: str | None = None
) -> Rendered:
    """Return the words of `template`, filled with `data`; `customer_number` is that of a customer without an account."""
    environment: Environment = current_app.extensions["letters"]
    with force_locale(language.value):
        context = _context(template, language, name, data) | {"customer_number": customer_number}
        parts = environment.get_template("parts.txt").make_module(context)
        words = environment.get_template(path_of(template)).make_module(context)
        subject = _one_line(words.subject)[:LONGEST_SUBJECT]
        view = context | {
            "parts": parts, "subject": subject, "said": words.said, "quote": getattr(words, "quote", None),
            "then": getattr(words, "then", ()), "rows": [row for row in getattr(words, "rows", ()) if row[1] not in (None, "")],
            "button": getattr(words, "button", parts.buttons.get(context["table"])), "link": getattr(words, "link", context["link"]),
        }
        text, html = (environment.get_template(f"layout.{kind}").render(view) for kind in ("txt", "html"))
    return Rendered(subject, text, html)


def _context(template: str, language: Language, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    settings = current_app.config["ECRM"]
    audience = template.rsplit("_", 1)[-1]
    table = data.get("table") or "account"
    public = settings["PUBLIC_URL"]
    follow = f"{public}/go/{table}/{data['id']}" if "id" in data else public
    if audience == "applicant" and data.get("number"):
        follow = signed.link(table, data["number"])
    return {
        "zone": settings["TIME_ZONE"], "link": follow,
        "reopen_days": REOPEN_DAYS, "close_days": CLOSE_DAYS, **data,
        "table": table, "audience": audience if audience in AUDIENCES and table != "account" else "account",
        "by_mail": bool(settings["REPLY_ADDRESS"]) and table == "complaint" and audience == "customer", "language": language.value, "name": "" if LIKE_A_LINK.search(name) else _one_line(name),
        "company": settings["COMPANY_NAME"], "phone_of_company": readable(settings["COMPANY_PHONE"]), "public_url": public,
    }


def _one_line(text: str) -> str:
    """Return a text without line breaks and control characters: it goes into a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


# Below, str() is what makes a missing value the template's error instead of the calendar's.
@pass_context
def _moment(context: Context, iso: str) -> str:
    """Return a moment in the time of the branch: Monday, November 23, 2026, 2:30 PM WIB."""
    return formats.exact(datetime.fromisoformat(str(iso)), ZoneInfo(context["zone"]), "full")


@pass_context
def _until(context: Context, iso: str) -> str:
    """Return the end of a window in the time of the branch: 12:00 PM WIB."""
    at = datetime.fromisoformat(str(iso)).astimezone(ZoneInfo(context["zone"]))
    return f"{formats.hour(at)} {at.tzname()}"


@pass_context
def _since(context: Context, iso: str) -> str:
    """Return the begin of a window in the time of the branch: Monday, November 23, 2026, 8:00 AM."""
    return formats.moment(datetime.fromisoformat(str(iso)), ZoneInfo(context["zone"]), "full")


def _day(iso: str) -> str:
    """Return a day: November 23, 2026."""
    return formats.day(date.fromisoformat(str(iso)), "long")

"""What the templates use: names of the company, times, money and sizes as people say them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import format_timedelta, get_locale

from ecrm import formats
from ecrm.i18n import gettext as _
from ecrm.models import Visit
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.portal import people, why, wording
from ecrm.rules.phone import readable as telephone


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.filters.update(
        moment=moment, day=day, from_now=from_now, rupiah=formats.rupiah, telephone=telephone, file_size=formats.size, hours=hours, window=window, why_me=why.why_me
    )
    app.jinja_env.globals.update(wording=wording, days=days)
    app.context_processor(_company)


def _company() -> dict[str, Any]:
    settings = current_app.config["ECRM"]
    return {
        "company": settings["COMPANY_NAME"], "company_phone": settings["COMPANY_PHONE"], "languages": tuple(Language),
        "language": str(get_locale()), "is_customer": people.is_customer, "is_staff": people.is_staff,
    }


def zone() -> str:
    """Return the name of the reader's time zone: their branch's, else the setting's."""
    customer = people.own_customer()
    return customer.branch.time_zone.value if customer else current_app.config["ECRM"]["TIME_ZONE"]


def today() -> date:
    """Return the day at the reader's branch."""
    return now().astimezone(ZoneInfo(zone())).date()


def moment(at: datetime) -> str:
    """Return day and time with the zone, such as “Sel, 24 Nov 15.04 WIB”."""
    local = at.astimezone(ZoneInfo(zone()))
    return f"{formats.joined(day(local.date()), formats.hour(local))} {local.tzname()}"


def window(visit: Visit) -> str:
    """Return what a visit promises, with the zone, such as “Tue, 24 Nov 08.00–12.00 WIB”."""
    first, last = (at.astimezone(ZoneInfo(zone())) for at in (visit.window_from, visit.window_until))
    return f"{formats.joined(day(first.date()), formats.hour(first))}–{formats.hour(last)} {first.tzname()}"


def days(first: date, last: date) -> str:
    """Return the days from one to another; both have their year where it is not the same one."""
    if first.year == last.year:
        return f"{day(first)} – {day(last)}"
    return f"{formats.weekday(first)} – {formats.weekday(last)}"


def day(value: date) -> str:
    """Return a day with its weekday; the year only where it is another one."""
    return formats.weekday(value, year=value.year != today().year)


def hours(count: int) -> str:
    """Return a number of hours in words, such as “2 hours” or “3 days”."""
    return format_timedelta(timedelta(hours=count), threshold=1)


def from_now(at: datetime) -> str:
    """Return how far a moment is from now, such as “in 5 hours” or “2 days ago”."""
    away = at - now()
    if timedelta(minutes=-1) < away <= timedelta(0):
        return _("just now")
    return format_timedelta(away if abs(away) >= timedelta(minutes=1) else timedelta(0), granularity="minute", add_direction=True)

"""How the figures of a report are written: exactly, so that screen, paper and PDF say what the spreadsheet holds."""

from datetime import date
from typing import Any

from ecrm import formats
from ecrm.i18n import gettext as _
from ecrm.reports.period import Period
from ecrm.reports.shapes import Column, Kind

NOTHING = "–"  # where there is nothing to divide or to take the middle of


def text(kind: Kind, value: Any) -> str:
    """Return a value as people read it in their language."""
    if value is None:
        return NOTHING
    if kind is Kind.MINUTES:
        hours, minutes = divmod(int(value), 60)
        return _("%(hours)s h %(minutes)s min", hours=formats.number(hours), minutes=minutes) if hours else _("%(minutes)s min", minutes=minutes)
    if kind is Kind.DAY:
        return formats.day(value if isinstance(value, date) else date.fromisoformat(value))
    if kind is Kind.DAYS:
        return _("%(days)s days", days=formats.number(value, "0.0"))
    if kind is Kind.TEXT:
        return str(value)
    if kind is Kind.RUPIAH:
        return formats.rupiah(value)
    number = formats.number(value, {Kind.PERCENT: "#,##0.0", Kind.RATING: "0.00"}.get(kind, "#,##0"))
    return f"{number} %" if kind is Kind.PERCENT else number


def heading(column: Column) -> str:
    """Return the heading of a column in a spreadsheet, which must say what the plain number counts."""
    unit = {Kind.MINUTES: _("minutes"), Kind.MBPS: "Mbps", Kind.RUPIAH: "Rp"}.get(column.kind)
    label = str(column.label)
    return f"{label} ({unit})" if unit and unit not in label else label


def days(period: Period) -> str:
    """Return a period as people write it: a whole month by name, else its days."""
    if not period.cut:
        return formats.month(period.first)
    first, last = (formats.day(day, "long") for day in (period.first, period.last))
    return first if period.first == period.last else f"{first} – {last}"

"""Due times of a complaint, from the targets of its category."""

from datetime import datetime, timedelta


def due(opened_at: datetime, hours: int) -> datetime:
    """Return the moment `hours` after `opened_at`, counted around the clock."""
    return opened_at + timedelta(hours=hours)


def shifted(due_at: datetime, waiting_since: datetime, until: datetime) -> datetime:
    """Return the due time moved by the time that the clock stood while we waited for the customer."""
    return due_at + (until - waiting_since)

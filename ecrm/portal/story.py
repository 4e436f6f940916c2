"""The story of one complaint as its customer may know it, and what they may do now."""

from typing import Any, NamedTuple

from sqlalchemy import Select

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Reply, Step
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.portal import people, wording
from ecrm.rules.lifecycle import Verb


class Entry(NamedTuple):
    """One entry of the history: a step with its name, or a reply with its files."""

    at: Any
    step: Step | None = None
    reply: Reply | None = None
    files: tuple[Attachment, ...] = ()


def possible(row: Complaint) -> list[Verb]:
    """Return the verbs that the customer may carry out now, in the order of the lifecycle."""
    return [verb for verb in row.__lifecycle__.possible(row, now()) if policy.may_move(people.ROLE, Complaint, verb.name)]


def history(row: Complaint, files: list[Attachment], ids: list[int]) -> list[Entry]:
    """Return steps and public replies, of the complaint and of what was merged into it (`ids`), in the order in which they happened."""
    replies = people.rows(people.see(Reply).where(Reply.complaint_id.in_(ids)).order_by(Reply.id))
    entries = [
        Entry(row.opened_at if step.action == "create" else step.at, step=step)
        for step in people.rows(_steps(row).order_by(Step.id)) if wording.event(step.action)
    ]
    entries += [Entry(one.at, reply=one, files=tuple(file for file in files if file.reply_id == one.id)) for one in replies]
    return sorted(entries, key=lambda entry: entry.at)


def last_word(row: Complaint) -> str | None:
    """Return what was said with the last move: the question that we wait for, or what was done."""
    if row.status not in (ComplaintStatus.WAITING_CUSTOMER, ComplaintStatus.RESOLVED):
        return None
    steps = _steps(row).where(Step.to_status == row.status.value).order_by(Step.id.desc())
    step = db.session.scalars(steps.limit(1)).one_or_none()
    return step.reason if step else None


def _steps(row: Complaint) -> Select[Any]:
    return people.see(Step).where(Step.table == Complaint.__tablename__, Step.row_id == row.id)

"""Two people edit one row: the second is told who was faster and what changed, and keeps what they typed."""

from typing import Any

from flask import abort, flash, redirect
from sqlalchemy import inspect, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm.exc import StaleDataError

from ecrm import formats
from ecrm.admin import lookup, story
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Step
from ecrm.rules.errors import Refused

MOST_STEPS = 10
LONGEST = 80  # characters of a value


def reason(error: Refused | StaleDataError) -> str:
    """Return why something was not carried out, in the reader's language."""
    return str(error) if isinstance(error, Refused) else _("Somebody else was faster. Please look again.")


def tell(view: Any, row: Any, version: str | None) -> None:
    """Say who was faster and what they changed since `version`, and read the row again."""
    try:
        db.session.refresh(row)
    except InvalidRequestError:
        flash(_("Somebody else has deleted this in the meantime."), "error")
        abort(redirect(view.get_url(".index_view")))
    steps = _since(row, lookup.whole(version))
    if steps:
        who = str(steps[0].actor) if steps[0].actor else _("somebody")
        changes = "; ".join(filter(None, (_changes(view, step) for step in reversed(steps)))) or _("nothing that you can see")
        flash(_("%(who)s was faster and saved at %(when)s (%(changes)s). What you typed is still here: compare, then save again.",
                who=who, when=formats.hour(steps[0].at.astimezone(formats.zone()), seconds=True), changes=changes), "error")
    else:
        flash(_("Somebody else was faster. What you typed is still here: compare, then save again."), "error")


def _since(row: Any, version: int | None) -> list[Step]:
    """Return the steps of a row since `version`, the last one first; one where the version is not known."""
    steps = row.version - version if version is not None and version < row.version else 1
    latest = select(Step).where(Step.table == row.__tablename__, Step.row_id == row.id).order_by(Step.id.desc())
    return list(db.session.scalars(latest.limit(min(steps, MOST_STEPS))))


def _changes(view: Any, step: Step) -> str:
    """Return "label: before → after" of each column of a step that the role may see."""
    relations = {pair[0].key: relation for relation in inspect(view.model).relationships if not relation.uselist
                 for pair in relation.local_remote_pairs}
    said = []
    for key, value in step.after.items():
        relation = relations.get(key)
        item = relation.key if relation is not None else key
        if item in inspect(view.model).all_orm_descriptors and view.allowed((item,)):
            before, after = (story.shown(view, view.model, key, relation, old)[:LONGEST] for old in (step.before.get(key), value))
            said.append(f"{view.column_labels[item]}: {before} → {after}")
    return "; ".join(said)

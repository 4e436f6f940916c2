"""The demo's escalations: what the worker, who looks every minute, would have told of a complaint's targets."""

from datetime import datetime, timedelta
from typing import Any

from ecrm.models.account import Language, RoleName
from ecrm.models.escalation import Level
from ecrm.rules.escalation import TOLD, target
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.company import LETTERS, Recipient


class Watch:
    """Looks at one complaint between two acts; each target, level and round is told once."""

    def __init__(self, story: Any) -> None:
        """Begin when it is entered."""
        self.story, self.told, self.looked = story, set(), story.at

    def until(self, at: datetime) -> None:
        """Tell what became near or was missed since the last look and before a moment, at which something changes."""
        row, lag = self.story.row, timedelta(seconds=1 + self.story.row.id % 58)
        near, missed = (max(moment, self.looked) + lag for moment in (row.clock_warn_at, row.clock_due_at))
        end = min(at, self.story.company.now)
        if near < end and near <= row.clock_due_at:
            self._tell(Level.NEAR, near)
        if missed < end:
            self._tell(Level.MISSED, missed)
        self.looked = max(self.looked, end)

    def _tell(self, level: Level, at: datetime) -> None:
        story, row = self.story, self.story.row
        key = (target(row), level, row.reopen_count)
        if key in self.told:
            return
        self.told.add(key)
        story.subject.put(at, "escalation", {
            "complaint_id": row.id, "target": key[0], "level": level, "round": key[2], "due_at": row.clock_due_at, "at": at,
        })
        if at < story.company.now - LETTERS:
            return
        verb, audiences = TOLD[level]
        data = {"table": "complaint", "id": row.id, "number": row.number, "title": story.subject.title, "status": row.status.value,
                "reason": None, "by": None, "at": at.isoformat(), "target": key[0].value, "target_due": row.clock_due_at.isoformat()}
        for reader in (reader for audience in audiences for reader in self._readers(audience)):
            acts.post(story.company, story.subject, f"complaint_{verb.name}_{reader[0]}", reader[1], at, data | story.subject.facts())

    def _readers(self, audience: str) -> list[tuple[str, Recipient]]:
        """Return (audience, person) of those who are told."""
        hand = self.story.technician
        people = ([hand] if hand else []) if audience == "technician" else self.story.company.staff[RoleName(audience)]
        return [(audience, Recipient(person.email, person.name, Language.INDONESIAN, None)) for person in people]

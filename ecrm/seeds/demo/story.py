"""One complaint of the demo: its entry, and what people do with it, each act as the rules write it."""

from datetime import datetime, timedelta
from typing import Any

from ecrm.models.account import Language, RoleName
from ecrm.models.base import Priority
from ecrm.models.complaint import Channel, ComplaintStatus as S
from ecrm.models.step import Via
from ecrm.rules import sla
from ecrm.rules.complaint import LIFECYCLE, begin_targets
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import SYSTEM, Actor, Draft, NotYet, Subject
from ecrm.seeds.demo.company import Company, Kind, Recipient, Worker
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.caller import Caller, contact
from ecrm.seeds.demo.seasons import at_work
from ecrm.seeds.demo.watch import Watch

CHANNELS = (Channel.PORTAL, Channel.PHONE, Channel.WHATSAPP, Channel.EMAIL, Channel.COUNTER)
WITH_ACCOUNT, WITHOUT = (55, 20, 19, 4, 2), (0, 52, 36, 4, 8)
RAISED = 0.12  # of complaints, the share that support finds more urgent than their category is


class Story:
    """A complaint from the moment it is opened; every act happens at `self.at` or later."""

    def __init__(self, company: Company, caller: Caller, kind: Kind, at: datetime, raised: float = RAISED) -> None:
        """Enter the complaint; the caller's branch has to do with it, `raised` is how likely it is more urgent than its category."""
        self.company, self.rng, self.caller, self.kind, self.at = company, company.rng, caller, kind, at
        self.place = company.places[caller.place]
        self.case = self.rng.choice(kind.topic.cases)
        self.clerk = self.rng.choice(company.staff[RoleName.SUPPORT])
        self.technician: Worker | None = None
        self._contact: tuple[str, str] | None = None
        self.customer = Actor(caller.account, caller.name, caller.email, Via.PORTAL)
        self.row = self._row(raised)
        title = f"{self.row.number} {self.row.subject}"
        self.subject = Subject("complaint", self.row, LIFECYCLE, title, company.bulk.later, self._reader, self._facts)
        self.watch = Watch(self)
        by_customer = self.row.channel is Channel.PORTAL
        acts.create(self.subject, self.customer if by_customer else acts.worker(self.clerk), at, ("description",))
        reader = caller.recipient
        if reader and at >= company.now - acts.LETTERS:
            data = {"table": "complaint", "id": self.row.id, "number": self.row.number, "title": self.row.subject} | self._facts()
            acts.post(company, self.subject, "complaint_received_customer", reader, at, data)

    def _row(self, raised: float) -> Draft:
        rng, kind, caller, at = self.rng, self.kind, self.caller, self.at
        channel = rng.choices(CHANNELS, WITH_ACCOUNT if caller.account else WITHOUT)[0]
        priority = kind.priority
        if rng.random() < raised:
            priority = Priority(max(Priority.URGENT, priority - 1))
        row = self.place.draft(
            id=self.company.bulk.new_id("complaint"), number=self.company.number("KL", at, self.place), token=None,
            customer_id=caller.id, branch_id=self.place.id, subscription_id=caller.subscription or None, category_id=kind.id,
            subject=self.fill(rng.choice(self.case.subjects))[:150], description=self.description(), channel=channel,
            priority=priority, status=S.NEW, technician_id=None, opened_at=at, first_response_at=None, resolved_at=None,
            closed_at=None, waiting_since=None, waited_seconds=0, outage_id=None, merged_into_id=None, outage_told=0, repeats=self.company.recent.count((caller.id, kind.id), at), reopen_count=0, rating=None,
            rating_remark=None, version=1,
        )
        begin_targets(row, kind, at)
        return row

    def description(self) -> str:
        """Return what the customer writes."""
        greeting, detail = self.rng.choice(shared.GREETINGS), self.rng.choice(self.case.details)
        return greeting + self.fill(detail) + self.rng.choice(shared.ENDINGS)

    def fill(self, text: str) -> str:
        """Return a text of the corpus with its places filled."""
        if "{" not in text:
            return text
        plan, since = self.company.plans[self.caller.plan], self.rng.choice(shared.SINCE)
        return text.format(since=since, Since=since[0].upper() + since[1:], area=self.place.areas[self.caller.area][1],
                           plan=plan.name, mbps=max(1, int(plan.down_mbps * self.rng.uniform(0.05, 0.4))))

    def _reader(self, audience: str) -> Recipient | None:
        if audience == "customer":
            return self.caller.recipient
        if audience == "technician" and self.technician:
            return Recipient(self.technician.email, self.technician.name, Language.INDONESIAN, None)
        return None

    def _facts(self) -> dict[str, Any]:
        """Return what rules.facts says of a complaint."""
        phone, address = self._contact = self._contact or contact(self.company, self.caller)
        return {
            "kept": None, "topic": self.row.subject, "technician": self.technician.name if self.technician else None,
            "priority": int(self.row.priority), "due": self.row.resolution_due_at.isoformat(), "zone": self.place.zone,
            "customer_name": self.caller.name, "phone": phone, "address": address,
        }

    # Acts. Each moves the clock on to `at`, and raises NotYet where that lies in the future.
    def goes_by(self, hours: float, staff: bool = True) -> None:
        """Let some hours go by; the staff goes on in opening hours only."""
        self.at += self.company.hours(hours)
        if staff:
            self.at = at_work(self.rng, self.at, self.place.offset)

    def assign(self, technician: Worker) -> None:
        """Give the complaint to a technician."""
        self.watch.until(self.at)  # those who had it until now are told
        self.technician = technician
        self._move("assign", acts.worker(self.clerk), self.at, technician_id=technician.id)

    def start(self) -> None:
        """The technician begins."""
        self._move("start", self.hand, self.at)

    def wait(self) -> None:
        """Ask the customer for something."""
        self._move("wait", self.hand, self.at, self.rng.choice(self.kind.topic.waits))

    def resume(self) -> None:
        """Go on without an answer in the portal: the customer has called."""
        self._move("resume", acts.worker(self.clerk), self.at)

    def resolve(self) -> None:
        """Say what was done."""
        self._move("resolve", self.hand, self.at, self.rng.choice(self.case.resolutions))

    def confirm(self) -> None:
        """The customer says that it works."""
        self._move("confirm", self.customer, self.at)

    def close(self, by: Actor, reason: str) -> None:
        """Close without the customer's own word."""
        self._move("close", by, self.at, reason)

    def reopen(self) -> None:
        """The customer says that it does not work."""
        by = self.customer if self.caller.account else acts.worker(self.clerk)
        self._move("reopen", by, self.at, self.fill(self.rng.choice(self.kind.topic.reopens)))

    def cancel(self) -> None:
        """Take the complaint back."""
        self._move("cancel", acts.worker(self.clerk), self.at, self.rng.choice(shared.CANCELS))

    def _move(self, verb: str, by: Actor, at: datetime, reason: str | None = None, **facts: Any) -> None:
        """Carry out a verb; what the worker told of before it is told."""
        self.watch.until(at)
        acts.move(self.company, self.subject, verb, by, at, reason, **facts)

    def rate(self, stars: int, remark: str | None) -> None:
        """Write the customer's rating; it leaves no move."""
        if self.at > self.company.now:
            raise NotYet
        self.row.rating, self.row.rating_remark = stars, remark

    def say(self, by: Actor, text: str, public: bool = True) -> None:
        """Add a reply or an internal note; the customer's own answer ends the waiting, as rules.complaint.answer has it."""
        if self.at > self.company.now:
            raise NotYet
        self.watch.until(self.at)
        reply = {"complaint_id": self.row.id, "author_id": by.id, "public": public, "text": text, "at": self.at}
        self.subject.put(self.at, "reply", reply)
        by_customer = by is self.customer
        if by_customer and self.row.status is S.WAITING_CUSTOMER:
            self._move("resume", by, self.at)
        elif public and not by_customer:
            self.row.first_response_at = self.row.first_response_at or self.at
            sla.wind(self.row)
        if public:
            acts.tell(self.company, self.subject, "reply", "technician" if by_customer else "customer", by, self.at, text)

    @property
    def hand(self) -> Actor:
        """Return who works on it: the technician, or support where there is none."""
        return acts.worker(self.technician or self.clerk)

    def minutes(self, most: int) -> None:
        """Let a few minutes go by."""
        self.at += timedelta(minutes=self.rng.uniform(1, most))


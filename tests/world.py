"""A little company that every test starts from, and the browsers of its people."""

from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from ecrm.extensions import db
from ecrm.models import (
    AccessEvent, ApiAnswer, ApiToken, Attachment, BandwidthGrant, Branch, CallNote, Complaint, ComplaintCategory, Consent, CountedDay, CoverageArea, Customer, Demand, Escalation, GrantRule, HelpPage, Holiday,
    Installation, Job, Outage, OutageFollower, PdpRequest, Plan, Promo, PromoRequest, PromoSeen, ProvisionCall, Recap, ReplyTemplate, RiskScore, RiskWeight, Role, SavedView, ServiceStandard,
    Subscription, User, UserSession, Visit, WorkingHours,
)
from ecrm.models.access_event import AccessKind
from ecrm.models.account import STAFF, Language, RoleName
from ecrm.models.bandwidth import GrantReason
from ecrm.models.base import Priority, now
from ecrm.models.branch import Coverage, TimeZone
from ecrm.models.business_time import Weekday
from ecrm.models.category import CategoryKind
from ecrm.models.customer import CustomerStatus
from ecrm.models.escalation import Level, Target
from ecrm.models.incoming import IncomingChannel, IncomingMessage, Why
from ecrm.models.pdp_request import PdpKind
from ecrm.models.plan import Audience
from ecrm.models.provisioning import ProvisionEvent
from ecrm.models.recap import FrozenBecause, Measure, Unit
from ecrm.models.risk import RiskSign
from ecrm.models.user_session import hashed
from ecrm.models.visit import Half, Outcome, VisitKind
from ecrm.reports.freezing import fingerprint
from ecrm.rules import move, outage, pdp_request, visit
from ecrm.rules.api_token import issue
from ecrm.rules.complaint import answer, enter
from ecrm.rules.installation import register

PASSWORD = "tahu-goreng-12"
CSRF = "0" * 40


def email(person: str) -> str:
    """Return the address of one of the people: a role, or technician2, customer2, sales."""
    return f"{person}@test.example"


class Browser(FlaskClient):
    """A test client that sends the anti-forgery token."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Read an answer to its end, as browsers do: a stream that nobody closes ends in another test."""
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)

    def become(self, person: str) -> "Browser":
        """Log in without the form: the session as the login leaves it."""
        token = f"{person}-{token_hex(8)}"
        with self.application.app_context():
            db.session.add(_session(one(User, email=email(person)), token))
            db.session.commit()
        with self.session_transaction() as session:
            session.update(_user_id=token, _fresh=True, csrf_token=CSRF, fs_cc="set", fs_paa=now().timestamp())
        return self

    def token(self) -> str:
        """Return the anti-forgery token of this browser's session."""
        with self.session_transaction() as session:
            session["csrf_token"] = CSRF
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(CSRF)

    def send(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """POST a form with its anti-forgery token."""
        return self.post(url, data={"csrf_token": self.token()} | (data or {}), **options)


def build(app: Flask) -> None:
    """Fill an empty database with the little company."""
    with app.app_context():
        _places()
        _people()
        _customers()
        _work()
        _reports()
        db.session.commit()


def _places() -> None:
    jakarta = Branch(code="JKT", name="Pantai Indah Kapuk", city="Jakarta", address="Jl. Pantai Indah 1", phone="+622150101234",
                     time_zone=TimeZone.WIB)
    batam = Branch(code="BTM", name="Batam", city="Batam", address="Jl. Nagoya 2", phone="+627784501234", time_zone=TimeZone.WIB)
    db.session.add_all([
        jakarta, batam,
        CoverageArea(branch=jakarta, name="Kapuk Muara", postcode="14460", coverage=Coverage.COVERED),
        CoverageArea(branch=batam, name="Nagoya", postcode="29444", coverage=Coverage.PLANNED),
        Plan(code="HOME20", name="Home 20", down_mbps=20, up_mbps=10, monthly_price=250_000),
        Plan(code="HOME50", name="Home 50", down_mbps=50, up_mbps=25, monthly_price=400_000),
        ComplaintCategory(code="DOWN", name="Internet mati", name_en="No connection", priority=Priority.URGENT,
                          kind=CategoryKind.DISTURBANCE, response_hours=2, resolution_hours=24),
        ComplaintCategory(code="BILL", name="Tagihan", name_en="Billing", kind=CategoryKind.BILLING, response_hours=8,
                          resolution_hours=72),
        *(WorkingHours(branch=branch, weekday=day, opens=time(8), closes=time(17)) for branch in (jakarta, batam) for day in list(Weekday)[:5]),
        Holiday(day=date(2026, 8, 17), name="Hari Kemerdekaan Republik Indonesia"),
        Holiday(day=date(2026, 12, 18), name="Hari jadi kota Batam", branch=batam),
        ServiceStandard(measure=Measure.RESTORED, name="Pemulihan layanan", name_en="Service restored", within=2, unit=Unit.WORKING_DAY,
                        goal_percent=90, source="Contoh"),
    ])
    db.session.add_all(Role(name=role.value) for role in RoleName)
    db.session.flush()


def _user(person: str, role: RoleName) -> User:
    user = User(email=email(person), name=person.capitalize(), password=_hashed(), fs_uniquifier=person.ljust(32, "x"),
                confirmed_at=now(), roles=[db.session.scalars(select(Role).where(Role.name == role.value)).one()])
    db.session.add(user)
    return user


def _session(user: User, token: str) -> UserSession:
    at = now()
    return UserSession(user=user, token=hashed(token), began_at=at, seen_at=at, idle_seconds=1800, until=at + timedelta(hours=12),
                       address="127.0.0.1", agent="Firefox")


_hashes: list[str] = []


def _hashed() -> str:
    if not _hashes:
        _hashes.append(hash_password(PASSWORD))
    return _hashes[0]


def _people() -> None:
    for role in RoleName:
        _user(role.value, role)
    _user("technician2", RoleName.TECHNICIAN)
    _user("customer2", RoleName.CUSTOMER)
    db.session.flush()
    db.session.add_all(_session(one(User, email=email(person)), person) for person in ("support", "customer", "customer2"))


def one(model: Any, **columns: Any) -> Any:
    """Return the only row of `model` with these column values; needs an application context."""
    return db.session.scalars(select(model).filter_by(**columns)).one()


def _customers() -> None:
    area = one(CoverageArea, name="Kapuk Muara")
    for number, person, name in ((1, "customer", "Budi Santoso"), (2, "customer2", "Siti Aminah"), (3, None, "Agus Wijaya")):
        customer = Customer(
            number=f"PLG-{number:06d}", name=name, identity_number=f"317201010190000{number}", phone=f"+62812000000{number}",
            email=email(person) if person else "agus@test.example", address=f"Jl. Kapuk {number}", branch=area.branch,
            area=area, since=date(2023, 5, number), status=CustomerStatus.ACTIVE, user=one(User, email=email(person)) if person else None,
        )
        db.session.add(customer)
        db.session.add(Subscription(customer=customer, plan=one(Plan, code="HOME20"), address=customer.address,
                                    valid_from=customer.since))
    db.session.flush()


def _work() -> None:
    """One complaint of customer 1 in the hands of technician 1, one of customer 2 with technician 2, one new."""
    support = one(User, email=email("support"))
    start = datetime.now(UTC) - timedelta(hours=5)
    _outages(start)
    for number, person, subject in ((1, "technician", "Lampu LOS merah"), (2, "technician2", "Internet putus-putus"), (1, None, "Tagihan ganda")):
        customer = one(Customer, number=f"PLG-{number:06d}")
        complaint = Complaint(customer=customer, category=one(ComplaintCategory, code="DOWN" if person else "BILL"),
                              subject=subject, description=f"{subject} sejak pagi.", subscription=customer.subscriptions[0])
        enter(db.session, complaint, start)
        if person:
            move(complaint, "assign", support, start + timedelta(minutes=10), technician=one(User, email=email(person)))
            answer(complaint, "Teknisi segera datang.", support, start + timedelta(minutes=11))
            answer(complaint, f"Catatan dalam {number}.", support, start + timedelta(minutes=12), public=False)
    _evidence()
    _visits(start)
    _offers(start)
    _knowledge()


def _visits(start: datetime) -> None:
    """One for each technician's complaint that was in vain: nobody was at home."""
    for person, subject in (("technician", "Lampu LOS merah"), ("technician2", "Internet putus-putus")):
        row = Visit(complaint=one(Complaint, subject=subject), kind=VisitKind.REPAIR, technician=one(User, email=email(person)), day=start.date() + timedelta(days=6), half=Half.MORNING)
        visit.plan(db.session, row, start, one(User, email=email("support")))
        move(row, "report", row.technician, start, outcome=Outcome.NOT_HOME, note="Rumah terkunci.")


def _evidence() -> None:
    """A photo of each customer's first complaint, and a customer-to-be."""
    for subject, person in (("Lampu LOS merah", "customer"), ("Internet putus-putus", "customer2")):
        db.session.add(Attachment(
            complaint=one(Complaint, subject=subject), name=f"foto-{person}.jpg", media_type="image/jpeg", size=1000,
            sha256="0" * 64, storage_key=f"00/{person}", by=one(User, email=email(person)),
        ))
    batam = one(Branch, code="BTM")
    db.session.add(Customer(number="PLG-000004", name="Calon Pelanggan", phone="+628120000004", address="Jl. Nagoya 4",
                            branch=batam, since=date(2026, 1, 4), status=CustomerStatus.PROSPECT))


def _offers(start: datetime) -> None:
    today = start.date()
    db.session.add_all([
        Promo(code="HEMAT", title="Hemat akhir tahun", text="Diskon 20 %", valid_from=today - timedelta(days=5),
              valid_until=today + timedelta(days=30), audience=Audience.EVERYBODY, published=True),
        Promo(code="RAHASIA", title="Belum terbit", text="Konsep", valid_from=today, valid_until=today + timedelta(days=30)),
        BandwidthGrant(subscription=one(Subscription, customer=one(Customer, number="PLG-000001")), extra_mbps=10, valid_from=today,
                       valid_until=today + timedelta(days=30), reason=GrantReason.LOYALTY, note="Tiga tahun setia"),
        GrantRule(name="Dua tahun setia", active=False, least_months=24, extra_mbps=10, days=90),
    ])
    for person in ("technician", "technician2"):
        row = register(db.session, Installation(
            applicant_name=f"Pemohon {person}", applicant_phone="+628130000001", applicant_email="pemohon@test.example",
            address="Jl. Baru 9", area=one(CoverageArea, name="Kapuk Muara"), plan=one(Plan, code="HOME50")), start)
        db.session.flush()
        move(row, "survey", one(User, email=email("sales")), start, survey_result="Tiang terdekat 40 m")
        move(row, "schedule", one(User, email=email("support")), start, technician=one(User, email=email(person)),
             visit_at=start + timedelta(days=1))


    db.session.add(Demand(name="Menunggu Nagoya", phone="+628130000009", email="menunggu@test.example", area=one(CoverageArea, name="Nagoya"), asked_at=start))


def _outages(start: datetime) -> None:
    """One that runs in a branch without customers, and one that is over where the customers live, with somebody who followed it."""
    support, at = one(User, email=email("support")), start - timedelta(hours=2)
    outage.declare(db.session(), Outage(branch=one(Branch, code="BTM"), message="Listrik padam di Nagoya.", started_at=at), at, support)
    over = outage.declare(db.session(), Outage(
        branch=one(Branch, code="JKT"), area=one(CoverageArea, name="Kapuk Muara"), message="Kabel putus di Jl. Kapuk.", started_at=at), at, support)
    db.session.add(OutageFollower(outage=over, customer=one(Customer, number="PLG-000003"), since=at, told_no=2))
    db.session.flush()
    move(over, "restore", support, at + timedelta(hours=1), message="Kabel sudah disambung.")


def _knowledge() -> None:
    """A template of a reply, one that is not offered, and help pages that are out and that are not."""
    down, bill = one(ComplaintCategory, code="DOWN"), one(ComplaintCategory, code="BILL")
    db.session.add_all([
        ReplyTemplate(name="Jadwal teknisi", language=Language.INDONESIAN, category=down, text="Halo {nama}, {teknisi} datang untuk {nomor} sebelum {batas}.\n{saya}, {perusahaan}"),
        ReplyTemplate(name="Tagihan dicek", language=Language.INDONESIAN, category=bill, text="Tagihan {nama} kami cek."),
        HelpPage(category=down, title="Lampu LOS merah", title_en="The LOS light is red", text="Cabut adaptor 10 detik.\nPasang lagi.", text_en="Unplug the adapter for 10 seconds.",
                 published=True),
        HelpPage(category=bill, title="Membaca tagihan", title_en="How to read the bill", text="Belum selesai.", text_en="Not finished."),
    ])


def bearer(person: str) -> str:
    """Return the API token of one of the staff."""
    return f"ecrm_{person.ljust(43, 'x')}"


def _tokens(at: datetime) -> None:
    """An API token of each of the staff, and an answer that is kept."""
    for person, role in (*((role.value, role) for role in STAFF), ("technician2", RoleName.TECHNICIAN)):
        token = ApiToken(name=f"Program {person}", user=one(User, email=email(person)), role=role, expires_at=at + timedelta(days=300))
        issue(token, bearer(person), at)
        db.session.add(token)
    db.session.add(ApiAnswer(token=token, key="world", request="0" * 64, answer={}))


NO_FIGURES = {"title": "Rekapitulasi", "notes": [], "tables": []}


def _reports() -> None:
    """A missed target, a frozen recap, a job that ran, a wish for a promo, and a shared view of each role."""
    at = now()
    db.session.add_all([
        Escalation(complaint=one(Complaint, subject="Lampu LOS merah"), target=Target.RESPONSE, level=Level.NEAR, due_at=at),
        Recap(kind="complaints", first_day=date(2026, 1, 1), last_day=date(2026, 1, 31), figures=NO_FIGURES, sha256=fingerprint(NO_FIGURES),
              because=FrozenBecause.KEPT, by=one(User, email=email("manager"))),
        Job(name="deliver", started_at=at, seconds=0.1, done=2), CountedDay(day=date(2020, 1, 1), hours=7),
        CountedDay(day=date(2020, 1, 1), hours=8, counted="2020-01-01+8", moves={}, figures={}, minutes=bytes(range(256))),
        RiskWeight(sign=RiskSign.OVERDUE, points=20, most=3), RiskWeight(sign=RiskSign.YEARS, points=-3, most=5),
        ProvisionCall(grant=one(BandwidthGrant), event=ProvisionEvent.STARTED, sent_at=at, tries=1),
        CallNote(customer=one(Customer, number="PLG-000001"), text="Minta dihubungi lagi sore hari.", by=one(User, email=email("manager"))),
        RiskScore(subscription=one(Subscription, customer=one(Customer, number="PLG-000001")), score=37, signs={"complaints": 2, "years": 1}),
        PromoRequest(promo=one(Promo, code="HEMAT"), customer=one(Customer, number="PLG-000002"), remark="Kapan mulai?"),
        PromoSeen(promo=one(Promo, code="HEMAT"), customer=one(Customer, number="PLG-000002")),
        IncomingMessage(channel=IncomingChannel.MAIL, message_id="<1@mail.example>", fingerprint="0" * 64, sender="orang@mail.example", subject="Tanya",
                        text="Internet saya mati.", raw_key="00/raw", sorted_at=at, why=Why.UNKNOWN),
        Consent(customer=one(Customer, number="PLG-000001"), given=True, wording="2026-11"),
        AccessEvent(kind=AccessKind.LOGIN, user=one(User, email=email("customer")), address="192.0.2.1", rule="/login", request_id="0" * 16),
    ])
    _tokens(at)
    for number, kind, wish in ((2, PdpKind.CORRECTION, "Nama jalan salah"), (1, PdpKind.ACCESS, None)):
        asked = PdpRequest(customer=one(Customer, number=f"PLG-{number:06d}"), kind=kind, wish=wish)
        pdp_request.file(db.session, asked, at, one(User, email=email("support")))
    for role in STAFF:
        for person, shared in ((role.value, False), ("technician2", True)):
            db.session.add(SavedView(name=f"Tampilan {person}", owner=one(User, email=email(person)), role=role, table="complaint",
                                     query="flt0_status=unsolved", shared=shared))

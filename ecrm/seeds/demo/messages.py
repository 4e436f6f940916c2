"""The demo's incoming messages: mails that were filed, some that wait for support, and what no person wrote."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm import storage
from ecrm.models import Complaint, Customer
from ecrm.models.account import RoleName
from ecrm.models.complaint import Channel
from ecrm.models.incoming import IncomingChannel as C, IncomingStatus as S, Why
from ecrm.rules.incoming import LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import SYSTEM, Subject
from ecrm.seeds.demo.company import Company
from ecrm.seeds.demo.draft import Draft

FILED = 6  # the newest complaints by e-mail came as messages
WAITING = (  # minutes ago, channel, sender, name, subject, words, why
    (12, C.MAIL, "rumah.melati@mail.example", "Keluarga Melati", "Internet mati sejak subuh", "Selamat pagi, internet kami mati sejak subuh. Lampu LOS merah. Mohon dibantu.", Why.UNKNOWN),
    (47, C.WEBHOOK, "+6281299887766", "Pak Darto", "Mbak, wifi di toko lemot lagi", "Mbak, wifi di toko lemot lagi, kasir tidak bisa jalan. Pelanggan PLG-000012.", Why.UNKNOWN),
    (190, C.MAIL, "finance@kopi-senja.example", "Kopi Senja", "Tagihan bulan ini dua kali", "Tagihan bulan ini kami terima dua kali. Tolong dicek.", Why.UNKNOWN),
)
IGNORED = (
    (65, "dewi@mail.example", "Dewi", "Balasan otomatis: di luar kantor", "Saya cuti sampai Senin.", Why.AUTO_REPLY),
    (300, "mailer-daemon@mail.example", "Mail Delivery System", "Undelivered Mail Returned to Sender", "The mail could not be delivered.", Why.BOUNCE),
    (800, "promo@toko-router.example", "Toko Router", "Router murah akhir tahun", "Diskon 30 % untuk semua router.", Why.BULK),
)


def arrive(session: Session, company: Company) -> None:
    """Add the messages, the whole of each in the store as the worker would have left it."""
    table, people = Complaint.__table__, Customer.__table__
    newest = select(table.c.id, table.c.opened_at, table.c.subject, table.c.description, people.c.id.label("customer"), people.c.email, people.c.name).join(
        people, people.c.id == table.c.customer_id).where(table.c.channel == Channel.EMAIL, people.c.email.is_not(None))
    for row in session.execute(newest.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(FILED)):
        message = _message(company, row.opened_at, C.MAIL, row.email, row.name, row.subject, row.description)
        acts.move(company, message, "open", SYSTEM, row.opened_at, customer_id=row.customer, complaint_id=row.id)
        company.bulk.add("incoming_message", vars(message.row))
    for minutes, channel, sender, name, subject, text, why in WAITING:
        message = _message(company, company.now - timedelta(minutes=minutes), channel, sender, name, subject, text, why)
        company.bulk.add("incoming_message", vars(message.row))
    for minutes, sender, name, subject, text, why in IGNORED:
        at = company.now - timedelta(minutes=minutes)
        message = _message(company, at, C.MAIL, sender, name, subject, text, why)
        acts.move(company, message, "ignore", SYSTEM, at)
        company.bulk.add("incoming_message", vars(message.row))
    _from_support(company)
    company.bulk.close()


def _from_support(company: Company) -> None:
    """Add one that somebody ignored, with the reason."""
    at = company.now - timedelta(hours=28)
    message = _message(company, at, C.MAIL, "lamaran@mail.example", "Rudi", "Lamaran kerja", "Dengan hormat, saya melamar sebagai teknisi.", Why.UNKNOWN)
    clerk = acts.worker(company.staff[RoleName.SUPPORT][0])
    acts.move(company, message, "ignore", clerk, at + timedelta(hours=1), reason="Bukan keluhan, diteruskan ke bagian personalia.")
    company.bulk.add("incoming_message", vars(message.row))


def _message(company: Company, at: datetime, channel: C, sender: str, name: str, subject: str, text: str, why: Why | None = None) -> Subject:
    """Return a message that the rules have looked at, with its first step."""
    number = f"{at:%Y%m%d%H%M%S}.{company.rng.getrandbits(32):08x}"
    raw = _mail(number, sender, name, subject, text, at) if channel is C.MAIL else json.dumps({"id": number, "from": sender, "name": name, "text": text}).encode()
    row = Draft(
        id=company.bulk.new_id("incoming_message"), channel=channel, message_id=f"<{number}@mail.example>", fingerprint=hashlib.sha256(raw).hexdigest(),
        sender=sender, sender_name=name, subject=subject, text=text, files=None, raw_key=storage.store().put(raw), received_at=at, sorted_at=at, why=why,
        customer_id=None, complaint_id=None, status=S.NEW, version=1,
    )
    put: Any = lambda _at, table, values: company.bulk.add(table, values)  # noqa: E731
    subject_ = Subject("incoming_message", row, LIFECYCLE, subject, put)
    acts.create(subject_, SYSTEM, at, ("fingerprint", "raw_key"))
    return subject_


def _mail(number: str, sender: str, name: str, subject: str, text: str, at: datetime) -> bytes:
    head = f"From: {name} <{sender}>\nMessage-ID: <{number}@mail.example>\nDate: {at:%a, %d %b %Y %H:%M:%S +0000}\nSubject: {subject}"
    return f"{head}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n".encode()

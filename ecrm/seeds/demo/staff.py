"""The demo's staff: the known logins, and colleagues in numbers that fit the work."""

from datetime import timedelta
from typing import Any

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Role
from ecrm.models.account import Language, RoleName
from ecrm.seeds.accounts import DEMO_DOMAIN, DEMO_LOGINS, DEMO_PASSWORD
from ecrm.seeds.demo.company import Company, Worker
from ecrm.seeds.demo.names import phone, slug

JOBS_PER_DAY = 5  # what one technician gets done
JOBS_AT_A_TIME = 10  # and should have in hand at the most


def hire(session: Session, company: Company, customers: int, complaints: int) -> tuple[str, dict[RoleName, int]]:
    """Make the accounts of the staff; return the one hash of the demo's password, and the ids of the roles."""
    hashed = hash_password(DEMO_PASSWORD)  # slow on purpose, so once for all
    roles = {RoleName(name): number for name, number in session.execute(select(Role.name, Role.id))}
    a_day = complaints / 1095 * 1.4
    counts = {
        RoleName.ADMINISTRATOR: 1, RoleName.MANAGER: 2, RoleName.SALES: 2 + min(customers // 5000, 20),
        RoleName.SUPPORT: 4 + min(int(a_day / 40), 60),
    }
    for role, count in counts.items():
        company.staff[role] = [_worker(company, role, roles, hashed, n == 0, n % len(company.places)) for n in range(count)]
    crew = max(2, round(a_day * 0.7 / JOBS_PER_DAY / len(company.places)))
    for number, place in enumerate(company.places):
        for n in range(crew):
            place.technicians.append(_worker(company, RoleName.TECHNICIAN, roles, hashed, number == n == 0, number))
    company.staff[RoleName.TECHNICIAN] = [person for place in company.places for person in place.technicians]
    return hashed, roles


def _worker(company: Company, role: RoleName, roles: dict[RoleName, int], hashed: str, known: bool, place: int) -> Worker:
    name = company.names.person(company.rng).name
    number = company.bulk.new_id("user")
    login = next(email for login_role, email, _ in DEMO_LOGINS if login_role is role)
    email = login if known else f"{slug(name)}{number}@{DEMO_DOMAIN}"
    add_account(company, roles[role], number, email, name, hashed, branch_id=company.places[place].id, phone=phone(company.rng),
                most_jobs=JOBS_AT_A_TIME if role is RoleName.TECHNICIAN else None)
    return Worker(number, name, email, place)


def add_account(company: Company, role_id: int, number: int, email: str, name: str, hashed: str | None, **more: Any) -> None:
    """Add an account with a role; one without a password takes one by “forgot password”."""
    begun = company.now - timedelta(days=1200)
    row = {
        "id": number, "email": email, "name": name, "phone": None, "language": Language.INDONESIAN, "branch_id": None, "most_jobs": None,
        "claimed_number": None, "active": True, "password": hashed, "fs_uniquifier": f"{company.rng.getrandbits(128):032x}",
        "confirmed_at": begun, "created_at": begun, "tf_primary_method": None, "tf_totp_secret": None,
        "mf_recovery_codes": None, "version": 1,
    }
    company.bulk.add("user", row | more)
    company.bulk.add("roles_users", {"user_id": number, "role_id": role_id})

"""A customer of the demo who complains."""

from typing import NamedTuple

from sqlalchemy import select

from ecrm.models import Customer
from ecrm.models.account import Language
from ecrm.seeds.demo.company import Company, Recipient


class Caller(NamedTuple):
    """A customer who complains; `account` is the user's id where there is one."""

    id: int
    name: str
    email: str | None
    account: int | None
    place: int
    area: int
    subscription: int
    plan: int
    language: Language

    @property
    def recipient(self) -> Recipient | None:
        """Return whom letters to the customer go to."""
        return Recipient(self.email, self.name, self.language, self.id) if self.email else None


def contact(company: Company, caller: Caller) -> tuple[str, str]:
    """Return a customer's telephone number and address, which are not kept in memory."""
    table = Customer.__table__
    phone_number, address = company.bulk.written(select(table.c.phone, table.c.address).where(table.c.id == caller.id))
    return phone_number, address

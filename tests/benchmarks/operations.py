"""What is measured: the address of each operation on our server, on stock Flask-Admin and on Django's admin."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Operation:
    """An operation: who does it at which address of ours, and the same at the peers, None where they have no such thing."""

    name: str
    role: str
    ours: str
    stock: str | None = None
    django: str | None = None


COLUMNS = {"number": 0, "priority": 4, "resolution_due_at": 5, "opened_at": 7}
PAGE = 25_000


def operations(facts: dict[str, Any]) -> list[Operation]:
    """Return the operations on a company."""
    return [*_first_pages(), *_narrowed(facts), *_sorted(), *_searches(facts), *_deep(facts), *_others(facts)]


def _first_pages() -> list[Operation]:
    return [Operation(f"list, first page, {role}", role, f"/admin/{role}/complaint/", "/complaint/", "/admin/auth/complaint/")
            for role in ("support", "technician", "manager")]


def _narrowed(facts: dict[str, Any]) -> list[Operation]:
    last = date.today() - timedelta(days=40)
    days = f"{last - timedelta(days=30)}..{last}"
    wanted = (
        ("status closed", {"flt0_status": "closed"}, {"flt0_status_equals": "closed"}, {"status__exact": "closed"}),
        ("status cancelled", {"flt0_status": "cancelled"}, {"flt0_status_equals": "cancelled"}, {"status__exact": "cancelled"}),
        ("one technician", {"flt0_technician": facts["technician"]}, {"flt0_technician_id_equals": facts["technician"]}, {"technician__id__exact": facts["technician"]}),
        ("one branch", {"flt0_branch": 1}, {"flt0_branch_id_equals": 1}, {"branch_id": 1}),
        ("a month", {"flt0_opened_at": days}, {"flt0_opened_between": f"{days[:10]} 00:00:00 to {days[-10:]} 23:59:59"},
         {"opened_at__gte": days[:10], "opened_at__lt": days[-10:]}),
    )
    return [Operation(f"list, {name}", "manager", f"/admin/manager/complaint/?{urlencode(ours)}", f"/complaint/?{urlencode(stock)}",
                      f"/admin/auth/complaint/?{urlencode(django)}") for name, ours, stock, django in wanted]


def _sorted() -> list[Operation]:
    fields = {"number": 1, "priority": 5, "resolution_due_at": 6, "opened_at": 8}
    return [Operation(f"list, sorted by {name}", "manager", f"/admin/manager/complaint/?sort={place}&desc=1", f"/complaint/?sort={place}&desc=1",
                      f"/admin/auth/complaint/?o=-{fields[name]}") for name, place in COLUMNS.items()]


def _searches(facts: dict[str, Any]) -> list[Operation]:
    words = {"a number": facts["number"], "a customer's name": facts["customer"], "a telephone": f"0{facts['phone'][3:]}", "a rare word": facts["first_word"],
             "a common word": "internet", "two words": "modem panas"}
    stock = {"a telephone": facts["phone"]}
    return [Operation(f"search, {name}", "support", f"/admin/support/complaint/?{urlencode({'view': 'all', 'search': text})}",
                      f"/complaint/?{urlencode({'search': stock.get(name, text)})}", f"/admin/auth/complaint/?{urlencode({'q': stock.get(name, text)})}")
            for name, text in words.items()]


def _deep(facts: dict[str, Any]) -> list[Operation]:
    page = min(PAGE, facts["complaints"] // 25 - 1)
    return [
        Operation("deep: far in the middle", "manager", f"/admin/manager/complaint/?after={facts['middle']}", f"/complaint/?page={page // 2}",
                  f"/admin/auth/complaint/?p={page // 2}"),
        Operation("deep: page 25,000 or last", "manager", "/admin/manager/complaint/?before=end", f"/complaint/?page={page}",
                  f"/admin/auth/complaint/?p={page}"),
    ]


def _others(facts: dict[str, Any]) -> list[Operation]:
    today = date.today()
    year = urlencode({"first": today - timedelta(days=364), "last": today})
    return [
        Operation("complaint with 50 replies", "support", f"/admin/support/complaint/details/?id={facts['talk']}"),
        Operation("customers, first page", "support", "/admin/support/customer/"),
        Operation("front page, support", "support", "/admin/support/"),
        Operation("dashboard, manager", "manager", "/admin/manager/"),
        Operation("recap of a year, complaints", "manager", f"/admin/manager/recaps/complaints/?{year}"),
    ]

"""The demo's saved views: lists that people keep for themselves or share with their role."""

from ecrm.models.account import RoleName as R
from ecrm.seeds.demo.company import Company

KEPT = (  # role, whose (0 is the known login), table, name, the filters as the address of the list has them, shared
    (R.SUPPORT, 0, "complaint", "Belum ada teknisi", "flt0_status=unsolved&flt1_technician=none", True),
    (R.SUPPORT, 0, "complaint", "Mendesak, belum selesai", "flt0_status=unsolved&flt1_priority=1", False),
    (R.SUPPORT, 1, "promo_request", "Permintaan promo yang menunggu", "flt0_status=requested", True),
    (R.MANAGER, 0, "complaint", "Terlambat", "flt0_status=unsolved&flt1_late=1", True),
    (R.MANAGER, 0, "bandwidth_grant", "Kompensasi yang berjalan", "flt0_status=active&flt1_reason=compensation", False),
    (R.MANAGER, 1, "complaint", "Keluhan berulang", "flt0_status=unsolved&flt1_repeated=1", True),
    (R.TECHNICIAN, 0, "complaint", "Menunggu pelanggan", "flt0_status=waiting_customer", False),
    (R.TECHNICIAN, 1, "complaint", "Hampir jatuh tempo", "flt0_status=unsolved&flt1_soon=1", True),
)


def keep(company: Company) -> None:
    """Keep the views of the known logins and of their colleagues."""
    for role, whose, table, name, query, shared in KEPT:
        company.bulk.add("saved_view", {
            "name": name, "owner_id": company.staff[role][whose].id, "role": role, "table": table, "query": query, "shared": shared,
            "version": 1,
        })

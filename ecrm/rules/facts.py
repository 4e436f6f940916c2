"""What a letter may say of a row: plain words and numbers, moments in ISO form, as the worker may send it later."""

from typing import Any

from ecrm.models import BandwidthGrant, Complaint, Installation, PdpRequest, PromoRequest, Visit


def facts(row: Any) -> dict[str, Any]:
    """Return the facts of a row for its letters, beside number and title; none for a table that has no letters."""
    known = FACTS.get(type(row))
    return known(row) if known else {}


def _complaint(row: Complaint) -> dict[str, Any]:
    customer = row.customer
    return {
        "kept": row.merged_into.number if row.merged_into else None, "topic": row.subject, "technician": row.technician.name if row.technician else None,
        "priority": int(row.priority), "due": row.resolution_due_at.isoformat(), "zone": row.branch.time_zone.value,
        "customer_name": customer.name, "phone": customer.phone,
        "address": row.subscription.address if row.subscription else customer.address,
    }


def _installation(row: Installation) -> dict[str, Any]:
    return {
        "technician": row.technician.name if row.technician else None, "plan": row.plan.name,
        "visit": row.visit_at.isoformat() if row.visit_at else None, "zone": row.area.branch.time_zone.value,
        "area": str(row.area), "promo": row.promo.title if row.promo else None,
        "applicant": row.applicant_name, "phone": row.applicant_phone, "address": row.address,
    }


def _visit(row: Visit) -> dict[str, Any]:
    thing = row.complaint or row.installation
    return {
        "kind": row.kind.value, "window_from": row.window_from.isoformat(), "window_until": row.window_until.isoformat(), "zone": row.branch.time_zone.value,
        "technician": row.technician.name, "thing": thing.number if thing else None, "topic": row.about, "who": row.who, "phone": row.phone, "address": row.address,
        "task": row.task,
    }


def _grant(row: BandwidthGrant) -> dict[str, Any]:
    return {
        "mbps": row.extra_mbps, "valid_from": row.valid_from.isoformat(), "valid_until": row.valid_until.isoformat(),
        "plan": row.subscription.plan.name, "address": row.subscription.address,
        "zone": row.subscription.customer.branch.time_zone.value,
    }


def _request(row: PromoRequest) -> dict[str, Any]:
    return {
        "promo": row.promo.title, "remark": row.remark, "customer_name": row.customer.name, "phone": row.customer.phone,
        "zone": row.customer.branch.time_zone.value,
    }


def _about_data(row: PdpRequest) -> dict[str, Any]:
    return {
        "kind": row.kind.value, "target_due": row.due_at.isoformat(), "answer": row.answer, "customer_name": row.customer.name,
        "phone": row.customer.phone, "zone": row.customer.branch.time_zone.value,
    }


FACTS = {Complaint: _complaint, Installation: _installation, Visit: _visit, BandwidthGrant: _grant, PromoRequest: _request, PdpRequest: _about_data}

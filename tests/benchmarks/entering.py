"""Eight customers who enter complaints through the portal at once."""

import re
import statistics
import threading
import time
from collections import Counter
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Complaint
from ecrm.models.account import RoleName
from ecrm.seeds.accounts import DEMO_LOGINS
from tests.benchmarks.client import Client

AT_ONCE, EACH = 8, 15  # the portal lets one account enter 20 an hour in each worker process: what is more is refused, and counted as that


def measured(url: str, app: Flask) -> dict[str, Any]:
    """Return how many complaints a second the portal takes, the 99th percentile of the wait, and what was lost of the acknowledged."""
    mark = uuid4().hex[:8]
    email, password = next((email, password) for role, email, password in DEMO_LOGINS if role is RoleName.CUSTOMER)
    waits: list[float] = []
    refused: list[int] = []
    clients = [Client(url) for _ in range(AT_ONCE)]
    for client in clients:
        client.log_in(email, password)

    def enter(client: Client) -> None:
        fields = client.form("/complaints/new")
        category = re.search(r'name="category"[^>]*value="(\d+)"', client.get("/complaints/new").body.decode())
        for number in range(EACH):
            typed = {"token": uuid4().hex, "category": category[1] if category else "", "subject": f"Uji {mark} {number}", "description": "Lambat sejak pagi."}
            answer = client.post("/complaints/new", fields | typed)
            (waits if answer.status == 302 else refused).append(answer.seconds if answer.status == 302 else answer.status)

    threads = [threading.Thread(target=enter, args=(client,)) for client in clients]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    with app.app_context():
        kept = db.session.scalar(select(func.count()).where(Complaint.subject.startswith(f"Uji {mark}")))
    return {"a second": round(len(waits) / taken, 1), "median ms": round(1000 * statistics.median(waits or [0])),
            "p99 ms": round(1000 * sorted(waits or [0])[int(len(waits) * 0.99) - 1]), "acknowledged": len(waits), "refused": dict(Counter(refused)), "lost": len(waits) - (kept or 0)}

"""Exports of the whole list beside the database's own client and stock Flask-Admin: seconds, first byte, memory, and others meanwhile."""

import http.client
import statistics
import subprocess
import threading
import time
from typing import Any

from sqlalchemy.engine import make_url

from ecrm.models.account import RoleName
from ecrm.seeds.accounts import DEMO_LOGINS
from tests.benchmarks import data
from tests.benchmarks.client import Client
from tests.benchmarks.servers import Server

SAME = """SELECT c.number, c.subject, CONCAT(p.number, ' ', p.name), c.status, c.priority, c.resolution_due_at, t.name, c.opened_at, k.name,
 c.description, c.channel, CONCAT(l.name, ', ', s.address), b.name, p.phone, p.address, c.first_response_at, c.resolved_at, c.closed_at,
 c.response_due_at, c.clock, c.waited_seconds, c.reopen_count, c.repeats, c.rating, c.rating_remark
 FROM complaint c JOIN customer p ON p.id = c.customer_id JOIN complaint_category k ON k.id = c.category_id JOIN branch b ON b.id = c.branch_id
 LEFT JOIN user t ON t.id = c.technician_id LEFT JOIN subscription s ON s.id = c.subscription_id LEFT JOIN plan l ON l.id = s.plan_id
 ORDER BY c.opened_at DESC, c.id DESC"""
LIST = "/admin/manager/complaint/"


def measured(url: str, ours: Server, stock: Server, _facts: Any) -> dict[str, Any]:
    """Return the figures of CSV and XLSX."""
    email, password = next((email, password) for role, email, password in DEMO_LOGINS if role is RoleName.MANAGER)
    person = Client(ours.url)
    person.log_in(email, password)
    idle, found = ours.memory(), {"mariadb --batch --quick s": round(_client(url), 1)}
    for kind in ("csv", "xlsx"):
        with Watch(ours) as watch:
            answer = person.get(f"{LIST}export/{kind}/?view=all", keep=False)
        found[kind] = {"s": round(answer.seconds, 1), "first byte s": round(answer.first, 2), "over idle MiB": round(watch.most - idle, 1)}
    found["mariadb --batch --quick s, again"] = round(_client(url), 1)
    found["two at once"] = _two(person, ours, idle)
    found["closed tab"] = _closed(person, ours)
    with Watch(stock) as watch:
        begun = time.perf_counter()
        try:
            answer = Client(stock.url).get("/whole/export/csv/", keep=False)
            found["stock csv"] = {"status": answer.status, "s": round(answer.seconds, 1), "first byte s": round(answer.first, 2)}
        except http.client.HTTPException as error:  # it broke off
            found["stock csv"] = {"broke off after s": round(time.perf_counter() - begun, 1), "with": type(error).__name__}
    found["stock csv"]["worker MiB"] = round(watch.most, 1)
    return found


class Watch:
    """The most memory that a worker takes meanwhile."""

    def __init__(self, server: Server) -> None:
        """Watch a server's workers."""
        self.server, self.most, self.over = server, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.wait(0.2):
            self.most = max(self.most, self.server.memory())


def _client(url: str) -> float:
    """Return the seconds in which the database's own client writes the same columns to a file."""
    target = make_url(url)
    begun = time.perf_counter()
    with open(data.FOLDER / "client.tsv", "wb") as out:
        subprocess.run(["mariadb", "--no-defaults", "--batch", "--quick", f"--host={target.host}", f"--port={target.port}", f"--user={target.username}",
                        str(target.database), "-e", SAME], stdout=out, check=True)
    return time.perf_counter() - begun


def _two(person: Client, ours: Server, idle: float) -> dict[str, Any]:
    """Return how long a list takes others while two exports run."""
    path = f"{LIST}?sort=7&desc=1"
    alone = statistics.median(person.get(path).seconds for _ in range(9))
    clients = [threading.Thread(target=person.get, args=(f"{LIST}export/{kind}/?view=all", False)) for kind in ("csv", "xlsx")]
    with Watch(ours) as watch:
        for one in clients:
            one.start()
        taken = []
        while any(one.is_alive() for one in clients) and len(taken) < 200:
            taken.append(person.get(path).seconds)
            time.sleep(0.1)
        for one in clients:
            one.join()
    return {"list alone ms": round(1000 * alone), "list meanwhile ms": round(1000 * statistics.median(taken)), "slowest ms": round(1000 * max(taken)),
            "over idle MiB": round(watch.most - idle, 1)}


def _closed(person: Client, ours: Server) -> dict[str, Any]:
    """Return the CPU that the workers use after a reader closed the tab."""
    connection = http.client.HTTPConnection(person.host)
    connection.request("GET", f"{LIST}export/csv/?view=all", headers={"Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items())})
    connection.getresponse().read(100_000)
    connection.close()
    time.sleep(1)
    before = _cpu(ours)
    time.sleep(2)
    return {"CPU s in 2 s afterwards": round(_cpu(ours) - before, 2)}


def _cpu(server: Server) -> float:
    """Return the CPU seconds of all workers."""
    fields = [open(f"/proc/{number}/stat").read().rpartition(")")[2].split() for number in server.workers()]
    return sum(int(one[11]) + int(one[12]) for one in fields) / 100

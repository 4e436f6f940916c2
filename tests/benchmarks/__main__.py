"""`make bench SCALE=1000000`: makes the data once, measures in alternating rounds, prints one table and writes it as JSON; no time fails."""

import json
import os
import platform
import statistics
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from tests import mariadb
from tests.benchmarks import data, entering, exporting, limits, start
from tests.benchmarks.client import Client
from tests.benchmarks.operations import Operation, operations
from tests.benchmarks.servers import Server, server

ROUNDS = int(os.environ.get("ROUNDS") or 5)
LONG = 20  # seconds that one operation of a peer may take in all its rounds; what is slower has fewer of them
ONLY = os.environ.get("ONLY", "").split("|")  # parts of the names of the operations to measure
PEERS = (os.environ.get("PEERS") or "stock,django").split(",")


def main() -> None:
    """Measure everything."""
    (data.FOLDER / "instance").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        base = stack.enter_context(mariadb.kept(data.FOLDER, *data.SERVER))
        urls = {size: data.address(base, size) for size in (data.SMALL, data.SCALE)}
        facts = {size: data.make(base, size) for size in urls}
        ours = {size: stack.enter_context(server("ecrm.wsgi:app", data.settings(url), data.FOLDER / "ours.log")) for size, url in urls.items()}
        idle = ours[data.SCALE].memory()
        stock = stack.enter_context(server("tests.benchmarks.stock:app", data.settings(urls[data.SCALE]), data.FOLDER / "stock.log"))
        django = stack.enter_context(server("tests.benchmarks.django_peer:app", data.settings(urls[data.SCALE]), data.FOLDER / "django.log"))
        result: dict[str, Any] = {
            "scale": data.SCALE, "small": data.SMALL, "facts": {str(size): found for size, found in facts.items()}, "rounds": ROUNDS,
            "machine": {"cpus": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()},
            "pages": [],
        }
        measure = Measure(urls, facts, ours, stock, django)
        for small, large in zip(operations(facts[data.SMALL]), operations(facts[data.SCALE]), strict=True):
            if wanted(large.name):
                result["pages"].append(measure.one(small, large))
        result["start"] = start.measured() | {"ready": ours[data.SCALE].ready, "idle MiB": idle}
        if wanted("entering"):
            result["entering"] = {str(size): entering.measured(ours[size].url, data.application(urls[size])) for size in urls}
        if wanted("exporting"):
            result["exports"] = exporting.measured(urls[data.SCALE], ours[data.SCALE], stock, facts[data.SCALE])
    if wanted("sqlite"):
        result["sqlite"] = embedded()
    result["machine"]["load after"] = os.getloadavg()
    write(result)


def wanted(name: str) -> bool:
    """Return whether an operation is to be measured."""
    return any(part in name for part in ONLY)


def embedded() -> dict[str, Any]:
    """Return the same pages and eight who enter at once on SQLite, at 10,000 and at most 100,000 complaints."""
    base, found = f"sqlite:///{data.FOLDER}", {"pages": []}
    with ExitStack() as stack:
        sizes = (data.SMALL, min(data.SCALE, data.DEMO))
        facts = {size: data.make(base, size) for size in sizes}
        urls = {size: data.address(base, size) for size in sizes}
        ours = {size: stack.enter_context(server("ecrm.wsgi:app", data.settings(url), data.FOLDER / "ours.log")) for size, url in urls.items()}
        people = {(size, role.value): Client(ours[size].url) for size in sizes for role, _email, _password in data.DEMO_LOGINS}
        for role, email, password in data.DEMO_LOGINS:
            for size in sizes:
                people[size, role.value].log_in(email, password)
        for small, large in zip(*(operations(facts[size]) for size in sizes), strict=True):
            times: dict[int, list[float]] = {}
            for _turn in range(ROUNDS + 1):
                for size, asked in zip(sizes, (small, large), strict=True):
                    times.setdefault(size, []).append(people[size, asked.role].get(asked.ours).seconds)
            few, many = (1000 * statistics.median(taken[1:]) for taken in times.values())
            found["pages"].append({"name": large.name, "small": round(few, 2), "ours": round(many, 2)})
            print(line(found["pages"][-1]), flush=True)
        found["entering"] = {str(size): entering.measured(ours[size].url, data.application(urls[size])) for size in sizes}
    return found


class Measure:
    """Measures an operation everywhere, round by round."""

    def __init__(self, urls: dict[int, str], facts: Any, ours: dict[int, Server], stock: Server, django: Server) -> None:
        """Log everybody in."""
        self.url, self.stock, self.django = urls[data.SCALE], Client(stock.url), Client(django.url)
        self.people: dict[tuple[int, str], Client] = {}
        for role, email, password in data.DEMO_LOGINS:
            for size, one in ours.items():
                self.people[size, role.value] = Client(one.url)
                self.people[size, role.value].log_in(email, password)
        self.app, self.connection = data.application(self.url), limits.connect(self.url)

    def one(self, small: Operation, large: Operation) -> dict[str, Any]:
        """Return the medians of an operation in milliseconds."""
        login = next((email, password) for role, email, password in data.DEMO_LOGINS if role.value == large.role)
        asked = limits.statements(self.app, login, large.ours)
        targets = [("small", self.people[data.SMALL, large.role], small.ours), ("ours", self.people[data.SCALE, large.role], large.ours),
                   *(one for one in (("stock", self.stock, large.stock), ("django", self.django, large.django)) if one[0] in PEERS and one[2])]
        times: dict[str, list[float]] = {}
        failed: dict[str, int] = {}
        size = 0
        for turn in range(-1, ROUNDS):  # the first round warms
            for name, client, path in targets:
                if name in PEERS and (turn < 0 or sum(times.get(name, ())) > LONG):
                    continue
                answer = client.get(path)
                if answer.status in range(300, 500) and name in ("small", "ours"):
                    raise RuntimeError(f"{name}: {path} answers {answer.status}")
                if answer.status != 200:
                    failed[name] = failed.get(name, 0) + 1
                    continue
                size = len(answer.body) if name == "ours" else size
                times.setdefault(name, []).append(answer.seconds) if turn >= 0 else None
            if turn >= 0:
                times.setdefault("sql", []).append(limits.seconds(self.connection, asked))
                times.setdefault("bytes", []).append(self.stock.get(f"/bytes/{size}").seconds)
        found = {name: round(1000 * statistics.median(taken), 2) for name, taken in times.items()}
        row = {"name": large.name, **found, "failed": failed, "rounds": {name: len(taken) for name, taken in times.items()},
               "plans": limits.plans(self.connection, asked), "statements": len(asked)}
        print(line(row), flush=True)
        return row


def ratio(row: dict[str, Any], above: str, below: str) -> str:
    """Return how many times one is the other."""
    return f"{row[above] / row[below]:8.3f}" if row.get(above) and row.get(below) else " " * 8


HEAD = f"{'operation':32} {'10k ms':>8} {'ours ms':>8} {'ratio':>8} {'stock ms':>9} {'ours/st':>8} {'django ms':>9} {'ours/dj':>8} {'SQL ms':>8} {'bytes ms':>8}"


def line(row: dict[str, Any]) -> str:
    """Return a row of the table."""
    def ms(name: str, width: int) -> str:
        return f"{row[name]:{width}.1f}" if name in row else " " * width

    return (f"{row['name']:32} {ms('small', 8)} {ms('ours', 8)} {ratio(row, 'ours', 'small')} {ms('stock', 9)} {ratio(row, 'ours', 'stock')} "
            f"{ms('django', 9)} {ratio(row, 'ours', 'django')} {ms('sql', 8)} {ms('bytes', 8)}")


def write(result: dict[str, Any]) -> None:
    """Print the table and keep it as JSON."""
    print(f"\n{HEAD}")
    for row in result["pages"]:
        print(line(row))
    print("\non SQLite:") if "sqlite" in result else None
    for row in result.get("sqlite", {}).get("pages", ()):
        print(line(row))
    more = {name: result[name] for name in ("start", "entering", "exports") if name in result}
    if "sqlite" in result:
        more["entering on SQLite"] = result["sqlite"]["entering"]
    for name, found in more.items():
        print(f"\n{name}: {json.dumps(found, indent=1, default=str)}")
    file = data.FOLDER / f"bench-{datetime.now():%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(result, indent=1, default=str))
    print(f"\n{file}")


if __name__ == "__main__":
    main()

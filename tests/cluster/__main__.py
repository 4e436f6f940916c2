"""Drives complaints and staff edits through HAProxy, kills a node and a web server with -9, brings them back, and prints what was found."""

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from ecrm.extensions import db
from ecrm.models import Customer, Letter
from ecrm.models.letter import LetterState
from tests.cluster.desk import Desk
from tests.cluster.nodes import Node
from tests.cluster.site import Cluster
from tests.faults.machines import wait_for
from tests.faults.people import PDF, Crowd, look
from tests.smtp import post_office

SECONDS = int(os.environ.get("SECONDS") or 20)  # each stretch is watched for so long
TOGETHER = 8
FAILURES = Path(__file__).parent.parent / "failures" / "cluster"


@dataclass
class Stretch:
    """A part of the run: its name, when it began and ended, and what had to be waited for in it."""

    name: str
    began: float
    ended: float = 0.0
    note: str = ""


class Run:
    """The people at work, and the stretches in which something was done to the machines."""

    def __init__(self, site: Cluster, crowd: Crowd, desk: Desk) -> None:
        self.site, self.crowd, self.desk = site, crowd, desk
        self.stretches: list[Stretch] = []

    def stretch(self, name: str, deed: Callable[[], None] = lambda: None, until: Callable[[], bool] = lambda: True) -> None:
        """Do a deed and watch the people for some seconds, at least until it is so."""
        print(f"  {name} …", flush=True)
        here = Stretch(name, time.monotonic())
        deed()
        waited = wait_for(until, 180)
        time.sleep(max(0.0, SECONDS - waited))
        here.ended = time.monotonic()
        here.note = f"{waited:.1f} s" if waited > 0.1 else ""
        self.stretches.append(here)

    def rows(self) -> list[tuple[str, ...]]:
        """Return a row for each stretch: seconds, acknowledged and rate of both kinds of work, refused, longest pause."""
        return [self._row(one) for one in self.stretches]

    def _row(self, one: Stretch) -> tuple[str, ...]:
        seen = [(at, code) for at, code in self.crowd.seen + self.desk.seen if one.began <= at < one.ended]
        good = sorted(at for at, code in seen if code == 302)
        refused = Counter(code for _at, code in seen if code not in (200, 302))
        edges = [one.began, *good, one.ended]
        pause = max(after - before for before, after in zip(edges, edges[1:], strict=False))
        seconds = one.ended - one.began
        share = 100 * sum(refused.values()) / len(seen) if seen else 0
        codes = " ".join(f"{code}×{count}" for code, count in sorted(refused.items())) or "–"
        return one.name, f"{seconds:.0f}", f"{len(good)}", f"{len(good) / seconds:.1f}", f"{share:.1f} %", codes, f"{pause:.1f}", one.note


def drive(site: Cluster) -> Run:
    """Let people work while machines die and come back."""
    with site.app.app_context():
        desk_rows = list(db.session.scalars(select(Customer.id).order_by(Customer.id.desc()).limit(2)))
        db.session.remove()
    node, web = site.nodes[0], site.webs[0]
    with Crowd(site, PDF, TOGETHER) as crowd, Desk(site, desk_rows) as desk:
        run = Run(site, crowd, desk)
        wait_for(lambda: crowd.more(TOGETHER), 120)
        run.stretch("all well")
        run.stretch("node 1 killed", node.kill, lambda seen=len(crowd.received): crowd.more(seen + 3))
        run.stretch("node 1 comes back", node.begin, node.synced)
        run.stretch("web 1 killed", web.kill, lambda seen=len(crowd.received): crowd.more(seen + 3))
        run.stretch("web 1 comes back", web.start, lambda: site.up(0))
        run.stretch("both renewed in turn", lambda: [site.renew(number) for number in range(len(site.webs))] and None)
        before = crowd.answers[503]
        run.stretch("two nodes killed", lambda: [one.kill() for one in site.nodes[1:]] and None, 
                    lambda: crowd.answers[503] > before)
        run.stretch("they come back", lambda: back(site.nodes), lambda: all(one.synced() for one in site.nodes))
        run.stretch("all well again")
    return run


def back(nodes: list[Node]) -> None:
    """Let the node that is left go on alone, and start the other two."""
    nodes[0].go_on_alone()
    for node in nodes[1:]:
        node.begin()


def verdict(site: Cluster, run: Run, received: list[str]) -> list[str]:
    """Return what was found afterwards; raises AssertionError where something is lost or doubled."""
    complaints = look(site, run.crowd.received, files=True)
    found = run.desk.found()
    lost, doubled = set(run.desk.saved) - set(found), [address for address, count in found.items() if count > 1]
    assert not lost and not doubled, (lost, doubled)
    sums = alike(site.nodes)
    with site.app.app_context():
        states = {state.value: count for state, count in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))}
        conflicts = [int(node.status("wsrep_local_cert_failures")) + int(node.status("wsrep_local_bf_aborts")) for node in site.nodes]
        db.session.execute(text("SELECT 1"))
        db.session.remove()
    return [
        f"complaints: {complaints}",
        f"staff edits: acknowledged {len(run.desk.saved)}, found {sum(found[address] for address in run.desk.saved)}, lost 0, doubled 0",
        f"letters: {states}, arrived {len(received)}",
        f"the {len(sums)} tables of the three nodes are the same; conflicts between nodes since each started: {conflicts}",
    ]


def alike(nodes: list[Node]) -> dict[str, int]:
    """Return the checksums that all nodes have; the workers go on writing, so that they are asked again for a while before they are said to differ."""
    for _time in range(30):
        first, *others = [node.sums() for node in nodes]
        if all(sums == first for sums in others):
            return first
        time.sleep(1)
    raise AssertionError(f"the nodes differ in {[name for name in first if any(sums.get(name) != first[name] for sums in others)]}")


def main() -> int:
    """Run once with one node taking writes, as shipped, or with every node (ROUTE=all)."""
    every_node = os.environ.get("ROUTE") == "all"
    folder = Path(tempfile.mkdtemp(prefix="ecrm-cluster-"))
    folder.chmod(0o755)
    with post_office() as office, ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(keep_logs, folder)
        began = time.monotonic()
        site = Cluster(folder, office, every_node)
        stack.callback(site.end)
        site.begin()
        print(f"Three nodes, HAProxy, two web servers, two workers, Redis, S3: up after {time.monotonic() - began:.0f} s. "
              f"{'Every node takes' if every_node else 'One node takes'} writes; {TOGETHER} customers and 2 of the desk press on.", flush=True)
        run = drive(site)
        with suppress(AssertionError):  # a batch in hand when the database died goes when its lease ends, ten minutes later
            wait_for(lambda: queued(site) == 0, 30)
        heads = ("stretch", "s", "acknowledged", "per s", "refused", "how", "longest pause s", "waited for")
        table = [heads, *run.rows()]
        widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        print("\n".join(verdict(site, run, office.recipients)))
    return 0


def keep_logs(folder: Path) -> None:
    """Copy what the processes said to where it outlives the run, so that somebody can see why something failed or was refused."""
    for log in folder.rglob("*.log"):
        target = FAILURES / log.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, target)


def queued(site: Cluster) -> int:
    """Return how many letters wait."""
    with site.app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Letter).where(Letter.state == LetterState.QUEUED))
        db.session.remove()
    return count or 0


if __name__ == "__main__":
    raise SystemExit(main())

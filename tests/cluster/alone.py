"""What one machine takes without a cluster, to compare: complaints each second and readiness, on SQLite and on one MariaDB."""

import os
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from tests.faults.machines import Database, Site, wait_for
from tests.faults.people import PDF, Crowd, Person, look

SECONDS = int(os.environ.get("SECONDS") or 20)


def measure(site: Site) -> str:
    """Let eight people enter complaints with a file for some seconds, then ask /readyz a hundred times."""
    site.start()
    with Crowd(site, PDF) as crowd:
        wait_for(lambda: crowd.more(8))
        began, before = time.monotonic(), len(crowd.received)
        time.sleep(SECONDS)
        rate = (len(crowd.received) - before) / (time.monotonic() - began)
    person, times = Person(site, None), []
    for _ in range(100):
        began = time.monotonic()
        assert person.get("/readyz")[0] == 200
        times.append((time.monotonic() - began) * 1000)
    cuts = quantiles(times, n=20)
    return f"{rate:.1f} complaints/s with a file by eight people (log-ins included); /readyz median {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms; {look(site, crowd.received)}"


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory(prefix="ecrm-alone-") as folder:
        database = Database(Path(folder, "server"))
        database.start()
        try:
            for name, url in (("sqlite", None), ("mariadb", database.make())):
                site = Site(Path(folder, name), url)
                try:
                    print(f"{name}: {measure(site)}", flush=True)
                finally:
                    site.kill()
        finally:
            database.kill()


if __name__ == "__main__":
    main()

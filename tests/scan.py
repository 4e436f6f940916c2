"""`make scan`: scanners that nobody here wrote, against the package and a demo on loopback; what they find must be answered in docs/scanners.md."""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from ecrm import create_app
from ecrm.extensions import db
from ecrm.models import ApiToken, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules.api_token import issue
from ecrm.seeds.accounts import DEMO_PASSWORD
from tests.mariadb import free_port

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv-scan" / "bin"
ANSWERS = ROOT / "docs" / "scanners.md"
SECONDS = int(os.environ.get("SECONDS") or 180)  # for each walk and each address; what is cut off says so
MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,https_redirect,methods,permanentxss,redirect,sql,timesql,upload,xss"
# A program may ask so often in a minute; a scanner that is told 429 has tried nothing.
UNBOUND = "from flask.cli import main; from limits import parse; from ecrm.api import door; door.MOST = parse('1000000 per minute'); main()"
PEOPLE = (None, "customer", "support", "manager")
PARAMETERS = {
    "support": ("/admin/support/complaint/?search=1&sort=1&desc=1&page=1&page_size=20&flt0_status=new", "/admin/support/customer/?search=1&after=1",
                "/admin/support/complaint/details/?id=1", "/admin/support/find?q=1", "/admin/support/incoming_message/?search=1&sort=1&flt0_status=new"),
    "manager": ("/admin/manager/recaps/complaints/?first=2026-01-01&last=2026-01-31&branch=1", "/admin/manager/step/?search=1&sort=1",
                "/admin/manager/risk_score/?sort=1&page=1&flt0_risk=1"),
    "customer": ("/complaints?status=new&page=1", "/promos?view=1", "/help/suggest?text=internet"),
    None: ("/login?next=1", "/register?email=1", "/coverage?area=1&q=1"),
}
API = ("/api/v1/complaints?status=new&search=1&limit=2", "/api/v1/customers?number=1&after=1", "/api/v1/speeds?changed_since=1")
HOMES = {None: "/login", "customer": "/home"} | {role: f"/admin/{role}/" for role in ("support", "manager")}


class Scan:
    """A demo that runs, who is logged in there, and what was found."""

    def __init__(self, instance: str) -> None:
        self.instance, self.port = instance, free_port()
        os.environ["ECRM_INSTANCE"] = instance
        self.home, self.found = f"http://127.0.0.1:{self.port}", dict[str, str]()
        environ = {**os.environ, "ECRM_INSTANCE": instance, "ECRM_PORT": str(self.port), "ECRM_PUBLIC_URL": self.home}
        self.server = subprocess.Popen([sys.executable, "-c", UNBOUND, "--app", "ecrm", "start", "--without-worker"], cwd=ROOT, env=environ,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _second in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"{self.home}/healthz", timeout=2).close()
                return
            time.sleep(1)
        self.server.terminate()
        raise SystemExit("the demo does not answer")

    def cookie(self, person: str | None) -> str:
        """Log somebody in through the login page and return the Cookie header."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = opener.open(f"{self.home}/login").read().decode()
        if person:
            token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
            form = {"email": f"{person}@demo.example", "password": DEMO_PASSWORD, "csrf_token": token}
            opener.open(f"{self.home}/login", urllib.parse.urlencode(form).encode()).close()
        return "; ".join(f"{one.name}={one.value}" for one in jar)

    def token(self) -> str:
        """Return a token of the API for the manager, as an administrator makes it."""
        app = create_app({"PUBLIC_URL": self.home})
        with app.app_context():
            person = db.session.query(User).filter_by(email="manager@demo.example").one()
            row, secret = ApiToken(name="scan", user=person, role=RoleName.MANAGER, expires_at=now() + timedelta(days=1)), f"ecrm_{'x' * 43}"
            issue(row, secret, now())
            db.session.add(row)
            db.session.commit()
        return secret

    def is_in(self, person: str | None, cookie: str) -> bool:
        """Return whether somebody's cookie still opens their first page: a scanner that was logged out finds nothing."""
        asked = urllib.request.Request(self.home + HOMES[person], headers={"Cookie": cookie})
        answer = urllib.request.urlopen(asked, timeout=60)
        return urllib.parse.urlsplit(answer.url).path == HOMES[person]

    def walk(self, person: str | None) -> str:
        """Let wapiti walk as a person and attack what it meets; return how far it came."""
        report, cookie = Path(self.instance, f"wapiti-{person}.json"), self.cookie(person)
        output = run("wapiti", "-u", f"{self.home}/", "-m", MODULES, "--scope", "domain", "-d", "5", "--max-scan-time", str(SECONDS // 2), "--max-attack-time", str(SECONDS // 8),
                     "--max-links-per-page", "60", "--max-files-per-dir", "40", "-H", f"Cookie: {cookie}", "--drop-set-cookie",
                     "-x", f"{self.home}/logout", "-f", "json", "-o", str(report), "--flush-session", "--no-bugreport", "--store-session", self.instance, "-v", "1",
                     seconds=SECONDS * 4)
        if not report.exists():
            return f"no report: {output[-500:]}"
        said = json.loads(report.read_text("utf-8"))
        for kind in ("vulnerabilities", "anomalies"):
            for name, ones in said[kind].items():
                for one in ones:
                    place = re.sub(r"\d+", "N", urllib.parse.urlsplit(one["path"]).path)
                    self.found.setdefault(f"wapiti: {name}: {place}", f"{one['info']} [{one.get('parameter') or '-'}]")
        count = sum(len(ones) for kind in ("vulnerabilities", "anomalies") for ones in said[kind].values())
        still = "still logged in" if person and self.is_in(person, cookie) else "LOGGED OUT on the way" if person else "not logged in"
        return f"{said['infos'].get('crawled_pages_nbr', '?')} pages walked, {count} findings, {still}"

    def inject(self, way_in: tuple[str, str], address: str) -> str:
        """Let sqlmap try each parameter of an address with a cookie or a header, for itself, so that it comes to an end; return how far it came."""
        return ", ".join(f"{name} {self._inject(way_in, address, name)}" for name, _value in urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))

    def _inject(self, way_in: tuple[str, str], address: str, name: str) -> str:
        output = run("sqlmap", "-u", self.home + address, "-p", name, *way_in, "--batch", "--level", "3", "--risk", "2", "--technique", "BEU", "--flush-session",
                     "--disable-coloring", "--output-dir", f"{self.instance}/sqlmap", "--threads", "2", "--skip-waf", seconds=SECONDS)
        if "identified the following injection point" in output:
            self.found[f"sqlmap: {address.partition('?')[0]}: {name}"] = output.partition("injection point")[2][:300]
            return "FOUND SOMETHING"
        if f"parameter '{name}'" not in output:
            return f"NOT TRIED ({' '.join(output[-200:].split())})"
        refused = re.search(r"429 \([^)]*\) - (\d+) times", output)
        return ("cut off" if output.endswith("CUT OFF") else "tried to the end") + (f" but told {refused[1]} times to come later" if refused else "")


def run(tool: str, *words: str, seconds: int = 600) -> str:
    """Run a scanner and return what it said, with “CUT OFF” at the end where its time was over."""
    try:
        done = subprocess.run([str(TOOLS / tool), *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True, errors="replace")
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace") + "CUT OFF"
    return done.stdout


def bandit() -> dict[str, str]:
    """Return what bandit finds in the package, medium and above."""
    said = json.loads(run("bandit", "-q", "-r", "ecrm", "-ll", "-f", "json").partition("{")[2].join(("{", "")))
    return {f"bandit: {one['test_id']}: {one['filename']}": f"{one['issue_text']} (line {one['line_number']})" for one in said["results"]}


def pip_audit() -> tuple[dict[str, str], str]:
    """Return known weaknesses of the installed libraries, and a word where their data cannot be had."""
    packages = next((ROOT / ".venv" / "lib").glob("python3*/site-packages"))
    output = run("pip-audit", "--progress-spinner", "off", "--path", str(packages), "-f", "json")
    with suppress(ValueError):
        said = json.loads(output[output.index("{"):output.rindex("}") + 1])["dependencies"]
        audited = [one for one in said if "skip_reason" not in one]
        bad = {f"pip-audit: {one['name']}": ", ".join(weak["id"] for weak in one["vulns"]) for one in audited if one["vulns"]}
        return bad, f"{len(audited)} of {len(said)} libraries could be asked about"
    return {}, f"its data cannot be had from here: {output[-200:]}"


def main() -> int:
    """Run them all and compare what they found with docs/scanners.md; the exit code says whether something has no answer there."""
    found = bandit()
    print(f"bandit: {len(found)} kinds of findings")
    weak, word = pip_audit()
    print(f"pip-audit: {word}; {len(weak)} findings", flush=True)
    with tempfile.TemporaryDirectory(prefix="ecrm-scan-") as instance:
        scan = Scan(instance)
        try:
            for person in PEOPLE:
                print(f"wapiti as {person or 'nobody'}: {scan.walk(person)}", flush=True)
            for person, addresses in PARAMETERS.items():
                for address in addresses:
                    print(f"sqlmap as {person or 'nobody'}: {address}: {scan.inject(('--cookie', scan.cookie(person)), address)}", flush=True)
            token = scan.token()
            for address in API:
                print(f"sqlmap as a program: {address}: {scan.inject(('--headers', f'Authorization: Bearer {token}'), address)}", flush=True)
        finally:
            scan.server.terminate()
            scan.server.wait(30)
    return judge(found | weak | scan.found)


def judge(found: dict[str, str]) -> int:
    """Print each finding with whether docs/scanners.md answers it."""
    answers = ANSWERS.read_text("utf-8")
    open_ = [name for name in found if f"`{name}`" not in answers]
    for name, what in sorted(found.items()):
        print(f"{'NO ANSWER' if name in open_ else 'answered '}  {name}: {' '.join(what.split())[:200]}")
    print(f"{len(found)} kinds of findings, {len(open_)} without an answer in docs/scanners.md")
    return int(bool(open_))


if __name__ == "__main__":
    raise SystemExit(main())

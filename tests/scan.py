"""`make scan`: scanners that nobody here wrote, against the package and against a demo on loopback; findings are answered in docs/security.md."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv-scan" / "bin"
PORT = 8900
HOME = f"http://127.0.0.1:{PORT}"
MODULES = "csp,cookieflags,http_headers,redirect,crlf,xss,permanentxss,sql,file,exec,csrf,methods,htaccess,upload"


def run(name: str, *command: str) -> int:
    """Run one scanner, its output on the screen, and return its exit code."""
    print(f"\n===== {name}", flush=True)
    return subprocess.run([str(TOOLS / command[0]), *command[1:]], cwd=ROOT).returncode


def serve(instance: str) -> subprocess.Popen[bytes]:
    """Start a demo of its own and wait until it answers."""
    environ = {**os.environ, "ECRM_INSTANCE": instance, "ECRM_PORT": str(PORT)}
    server = subprocess.Popen([sys.executable, "-m", "flask", "--app", "ecrm", "start"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    for _second in range(300):
        try:
            urllib.request.urlopen(HOME, timeout=2).close()
            return server
        except OSError:
            time.sleep(1)
    server.terminate()
    raise SystemExit("the demo does not answer")


def main() -> int:
    """Run them all; the exit code says whether one found something or broke."""
    codes = {"bandit": run("bandit", "bandit", "-q", "-r", "ecrm", "-ll"), "pip-audit": run("pip-audit", "pip-audit", "--progress-spinner", "off", "--path", _packages())}
    with tempfile.TemporaryDirectory(prefix="ecrm-scan-") as instance:
        server = serve(instance)
        try:
            codes["wapiti"] = run("wapiti", "wapiti", "-u", f"{HOME}/", "-m", MODULES, "--scope", "domain", "--depth", "4", "--max-scan-time", "600",
                                  "--max-links-per-page", "40", "-f", "txt", "-o", f"{instance}/wapiti.txt", "--flush-session", "--no-bugreport")
            print(Path(instance, "wapiti.txt").read_text("utf-8"))
            for address in ("/promos?view=1", "/login?next=1", "/admin/support/complaint/?search=1&sort=1&flt0_status=new"):
                codes[f"sqlmap {address}"] = run(f"sqlmap {address}", "sqlmap", "-u", HOME + address, "--batch", "--level", "2", "--risk", "1", "--flush-session",
                                                 "--disable-coloring", "--output-dir", f"{instance}/sqlmap", "--threads", "2")
        finally:
            server.terminate()
            server.wait(30)
    print("\n".join(f"{name}: exit code {code}" for name, code in codes.items()))
    return int(any(codes.values()))


def _packages() -> str:
    return str(next((ROOT / ".venv" / "lib").glob("python3*/site-packages")))


if __name__ == "__main__":
    raise SystemExit(main())

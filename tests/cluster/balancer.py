"""HAProxy with the shipped docs/production/haproxy.cfg, its addresses put on loopback."""

import re
import subprocess
from pathlib import Path

from tests.cluster.nodes import ROOT, Node
from tests.faults.machines import Process

HTTPS, SQL, WEB = 8130, 8131, (8132, 8133)


def certificate(folder: Path) -> Path:
    """Make a certificate for localhost and return the file with it and its key."""
    key, crt, both = folder / "key.pem", folder / "crt.pem", folder / "both.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", key, "-out", crt], check=True, capture_output=True)
    both.write_text(crt.read_text() + key.read_text())
    return both


def balancer(folder: Path, nodes: list[Node], every_node: bool) -> Process:
    """Return HAProxy, not started; with `every_node` all of them take writes at once."""
    text = (ROOT / "docs/production/haproxy.cfg").read_text()
    for shipped, here in {
        "192.0.2.10:443": f"127.0.0.1:{HTTPS}", "/etc/haproxy/ecrm.pem": str(certificate(folder)), "127.0.0.1:3306": f"127.0.0.1:{SQL}",
        "/etc/haproxy/galera-check": str(ROOT / "docs/production/galera-check"), "care.example.net": "localhost",
        **{f"192.0.2.2{number}:8000": f"127.0.0.1:{port}" for number, port in enumerate(WEB, 1)},
        **{f"192.0.2.3{node.number}:3306": f"127.0.0.1:{node.port}" for node in nodes},
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    if every_node:
        text = re.sub(r"(server node\d .*) backup", r"\1", text).replace("option external-check", "balance leastconn\n    option external-check")
    (folder / "haproxy.cfg").write_text(text)
    return Process(["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], folder / "haproxy.log")

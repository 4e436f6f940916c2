"""What it costs to import and to make the application, in seconds of the processor."""

import os
import re
import subprocess
import sys
from typing import Any

from tests.benchmarks import data
from tests.benchmarks.servers import ROOT

CODE = "import time; a = time.process_time(); import ecrm; b = time.process_time(); ecrm.create_app(); print(b - a, time.process_time() - b)"


def measured(tries: int = 3) -> dict[str, Any]:
    """Return the least CPU of importing the package and of making the application, and the dearest modules."""
    environment = os.environ | data.settings(f"sqlite:///{data.FOLDER / 'none.db'}")
    found = [tuple(map(float, _run("-c", CODE, environment=environment).stdout.split())) for _ in range(tries)]
    lines = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)", _run("-X", "importtime", "-c", "import ecrm", environment=environment).stderr)
    dear = sorted(((int(total) / 1e6, name) for _own, total, _deep, name in lines if "." not in name), reverse=True)[:15]
    return {"import CPU s": min(one for one, _two in found), "create_app CPU s": min(two for _one, two in found),
            "dearest imports (s, with what they import)": [f"{name} {total:.2f}" for total, name in dear]}


def _run(*arguments: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

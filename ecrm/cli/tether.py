"""The worker as `flask start` runs it: it ends with the process that started it, however that one ends."""

import os
import signal
import sys
import threading

from flask.cli import main


def _end_with_parent() -> None:
    """Wait until the other end of standard input is closed, by word or by death, and then ask ourselves to stop."""
    # Not sys.stdin: its lock, held here by a daemon thread, would break the interpreter's own ending.
    while os.read(0, 1):
        pass
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["flask", "--app", "ecrm", "worker"]
    main()

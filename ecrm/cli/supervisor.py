"""Keeps the worker running beside the server: starts it, starts it again when it dies, ends it with the server."""

import subprocess
import sys
import threading
import time

import click

COMMAND = [sys.executable, "-m", "ecrm.cli.tether"]
LOOK = 0.5  # seconds between two looks at the worker
HEALTHY = 60  # seconds after which a death is a new matter
LONGEST_PAUSE = 60  # seconds
CANNOT_START = 127  # as a shell says it
PATIENCE = 8  # seconds that the worker has to finish the letter in its hands


class Supervisor(threading.Thread):
    """Runs `command` until `stop` is set; stop it by setting `stop` and joining."""

    def __init__(self, stop: threading.Event, command: list[str] = COMMAND) -> None:
        """Keep the command; start() starts it."""
        super().__init__(name="supervisor")
        self.stop, self.command = stop, command

    def run(self) -> None:
        """Start the command, and again with growing pauses whenever it ends by itself."""
        pause = 0.5
        while not self.stop.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self.stop.is_set():
                return
            pause = 1 if time.monotonic() - began > HEALTHY else min(pause * 2, LONGEST_PAUSE)
            click.echo(f"The worker ended (exit code {code}) and is started again in {pause:.0f} s.", err=True)
            self.stop.wait(pause)

    def _run_once(self) -> int:
        """Run the command until it ends or must; return its exit code, 127 where it cannot even be started."""
        try:
            return self._watch()
        except OSError as error:  # no memory, no processes left, a file that is being replaced: all of them pass
            click.echo(f"The worker cannot be started: {error}.", err=True)
            return CANNOT_START

    def _watch(self) -> int:
        # Its own group: Ctrl-C reaches this process alone, which then ends the worker by closing its standard input.
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {"start_new_session": True}
        with subprocess.Popen(self.command, stdin=subprocess.PIPE, **own_group) as process:
            while process.poll() is None and not self.stop.wait(LOOK):
                pass
            process.stdin.close()
            try:
                return process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()

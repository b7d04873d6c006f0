"""Server processes and the one temporary directory they live in. Knows no database by name."""

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 60.0
KILL: int = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no SIGKILL


class ServerUnavailableError(Exception):
    """No server can be found or started here; the text says what to install."""


@dataclass(kw_only=True)
class Server:
    """
    One server process, which can be killed and started again over the same data: fault trials do so.

    Attributes:
        name: What people call it.

        url: Where it answers, with a database name in it.

        command: What starts it.

        directory: Its data and its log.

        ask_version: Connects and returns the server's version; raises while the server is not ready.

        prepare: What has to be done once, as soon as it answers for the first time.

        last_signal: What ends it at once and leaves nothing of it in the operating system.

        user: Who it runs as, when not as ourselves.

        version: The server's own word for it, known once it has started.
    """

    name: str
    url: str
    command: Sequence[str]
    directory: Path
    ask_version: Callable[[], str]
    prepare: Callable[[], None] = lambda: None
    last_signal: int = KILL
    user: str | None = None
    version: str = ""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and remove its data."""
        self.stop()

    @property
    def log(self) -> Path:
        """What the server has said so far."""
        return self.directory / "log"

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start the process and wait until it answers."""
        restarted = bool(self.version)
        self._spawn()
        self.version = self._first_answer(time.monotonic() + seconds)
        if not restarted:
            self.prepare()

    def kill(self) -> None:
        """End the process as a power cut would; its data stay for the next `start`."""
        self._end(KILL)

    def stop(self) -> None:
        """End the process and remove its data."""
        self._end(self.last_signal)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt from the keyboard is meant for the tests alone
                user=self.user,
                extra_groups=[] if self.user else None,
            )
        note = {"pid": self._process.pid, "signal": self.last_signal}
        (self.directory / "process").write_text(json.dumps(note), encoding="utf-8")

    def _first_answer(self, deadline: float) -> str:
        while True:
            try:
                return self.ask_version()
            except Exception as error:  # noqa: BLE001 - every driver has its own way to say "not yet"
                self._wait_on(error, deadline)

    def _wait_on(self, error: Exception, deadline: float) -> None:
        time.sleep(0.05)
        exited = self._process is None or self._process.poll() is not None
        restarted = bool(self.version)
        if time.monotonic() > deadline or (exited and not restarted):
            self._end(self.last_signal)
            raise ServerUnavailableError(self._complaint(error)) from error
        if exited:  # what is left of a killed PostgreSQL holds its memory for a moment
            self._spawn()

    def _complaint(self, error: Exception) -> str:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        return f"{self.name} was found but does not answer ({error}). The end of its log:\n{tail}"

    def _end(self, how: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            _wait_or_kill(process)
            (self.directory / "process").unlink(missing_ok=True)


def run_tool(command: Sequence[str], *, user: str | None = None) -> None:
    """Run a program that prepares a data directory; its output becomes the error's text."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        user=user,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        message = f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise ServerUnavailableError(message)


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback address that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@functools.cache
def home() -> Path:
    """
    Return the directory of this process's servers, made on first use.

    A small process waits for our end, be it by SIGKILL; then it ends what runs there and removes all.
    """
    directory = Path(tempfile.mkdtemp(prefix="tradecore-"))
    directory.chmod(0o711)  # as root, PostgreSQL runs as another user, who must get through
    reaper = subprocess.Popen(
        [sys.executable, "-S", __file__, str(directory)], stdin=subprocess.PIPE, start_new_session=True
    )
    atexit.register(reaper.communicate)
    return directory


def clear(directory: Path) -> None:
    """End every server noted under a directory and remove it."""
    for note in directory.glob("*/process"):
        with contextlib.suppress(OSError, ValueError):
            process = json.loads(note.read_text(encoding="utf-8"))
            os.kill(process["pid"], process["signal"])
    for _ in range(50):  # a server that is just ending may still write
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(0.1)


def _wait_or_kill(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.stdin.read()  # returns when the process that started us has ended, in whatever way
    clear(Path(sys.argv[1]))

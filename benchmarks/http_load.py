"""Run servers, ask them with wrk, and say what that took of processor and memory."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Load", "cpu_s", "family", "free_port", "load", "memory_mb", "server", "wait", "warm"]

CONNECTIONS: Final = 64
_PATIENCE_S: Final = 60.0
_LUA: Final = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local at = 0
request = function()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load.

    Parameters
    ----------
    system
        Its name.
    per_second, p50_ms, p99_ms
        Requests a second, and the times of half and of all but one in a hundred.
    cpu_us
        Processor time a request: of the server's process and, where it asks one, the database's.
    failed
        Answers that were none.
    """

    system: str
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    failed: int


@contextlib.contextmanager
def server(
    words: Sequence[str], env: dict[str, str], ready: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a server as long as the block does, from when it first answers."""
    port = free_port()
    more = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(  # noqa: S603
        [*words, *more], env=env, cwd=Path(__file__).parents[1], start_new_session=True
    )
    try:
        wait(f"http://127.0.0.1:{port}{ready}", process)
        yield port, process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    """Return a port that nobody uses."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """Ask until there is an answer."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
            return bytes(answer.read())
        time.sleep(0.005)
    msg = f"nothing answers at {url}"
    raise RuntimeError(msg)


def warm(port: int, paths: Sequence[str]) -> None:
    """Ask for the first paths, one by one."""
    for path in paths[:200]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            json.loads(answer.read())


def load(
    system: str,
    port: int,
    process: subprocess.Popen[bytes],
    paths: Sequence[str],
    seconds: int,
    folder: Path,
    *,
    beside: Sequence[int] = (),
) -> Load:
    """Ask with wrk for some seconds, once; `beside` are further processes that work for it."""
    (folder / "ask.lua").write_text(_LUA, encoding="utf-8")
    (folder / "paths.txt").write_text("\n".join(paths), encoding="utf-8")
    busy = [*family(process.pid), *beside]
    before = sum(map(cpu_s, busy))
    done = subprocess.run(  # noqa: S603
        [  # noqa: S607 - wherever it is installed
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "--latency",
         "-s", str(folder / "ask.lua"), f"http://127.0.0.1:{port}"],
        env={**os.environ, "BENCH_PATHS": str(folder / "paths.txt")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    cpu = sum(map(cpu_s, busy)) - before
    requests = int(_found(r"(\d+) requests in", done.stdout))
    failed = sum(int(each) for each in re.findall(r"Non-2xx.*?: (\d+)", done.stdout))
    errors = re.findall(r"(?:connect|read|write|timeout) (\d+)", done.stdout)
    return Load(
        system=system,
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout)),
        p50_ms=_ms(_found(r"50%\s+(\S+)", done.stdout)),
        p99_ms=_ms(_found(r"99%\s+(\S+)", done.stdout)),
        cpu_us=1e6 * cpu / max(requests, 1),
        failed=failed + sum(map(int, errors)),
    )


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if not found:
        msg = f"wrk said {text!r}"
        raise RuntimeError(msg)
    return found.group(1)


def _ms(text: str) -> float:
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[unit]


def cpu_s(pid: int) -> float:
    """Return the processor time of a process."""
    words = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8")
    return [pid, *map(int, text.split())]


def memory_mb(pid: int) -> tuple[float, float, float]:
    """Return what a process has mapped, its share of that, and what only it has."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    sizes = {name: int(kb) / 1024 for name, kb in re.findall(r"(\w+):\s+(\d+) kB", text)}
    return sizes["Rss"], sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]

"""Run the server, and try it out from outside."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.types import ASGIApp

    from api.settings import Settings

__all__ = ["fetch_all", "free_port", "running", "serve", "serve_workers"]

START_SECONDS: Final = 30.0


def serve(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve until Ctrl-C, then return."""
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


def serve_workers(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve with several processes until Ctrl-C; they share what they map of the files.

    Each makes its own app of the settings, which reach it by the environment.
    """
    # Whatever else the operator set is there already.
    os.environ["WANGGE_PLAN"] = str(settings.plan.resolve())
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(
            "api.app:app_of_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
        )


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or another free one where it is taken."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError):
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":
                    # As the server does: connections of the last one that still fade do not count.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                return int(probe.getsockname()[1])
    msg = f"no port is free at {host}"
    raise OSError(msg)


@contextlib.contextmanager
def running(app: ASGIApp, *, host: str, port: int) -> Iterator[str]:
    """Serve in the background while the block runs; give the address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                msg = f"the server did not start at {host}:{port}"
                raise OSError(msg)
            time.sleep(0.02)
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def fetch_all(address: str, paths: Iterable[str]) -> dict[str, int]:
    """Ask for each path; return its status, 0 where nothing answered."""
    return {path: _status(address + path) for path in paths}


def _status(url: str) -> int:
    # The address is this program's own server.
    try:
        with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:  # noqa: S310
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0

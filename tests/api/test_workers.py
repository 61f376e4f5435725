"""Several workers share a folder, and each picks up what is published."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import date, timedelta
from urllib.parse import quote

import pytest

from api.serving import free_port
from api.store.folder import FolderStore

TODAY = date.today()  # noqa: DTZ011 - as the server does


def ask(port):
    url = f"http://127.0.0.1:{port}/v1/locate?address={quote('芳华苑1幢')}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.loads(answer.read())["micro"]["name"]


def until(what, seconds=60):
    """Try again while nothing answers, or what is wanted is not so yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if what():
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name == "nt", reason="ends processes as POSIX does")
def test_all_workers_answer_and_pick_up_the_next_release(plans, tmp_path):
    store, port = FolderStore(tmp_path / "site"), free_port("127.0.0.1", 0)
    store.publish(plans / "甲.gpkg", valid_from=TODAY - timedelta(days=9))
    words = ["-c", "from api.entry import main; main()", "serve", str(store.folder)]
    words += ["--port", str(port), "--workers", "2", "--quiet"]
    server = subprocess.Popen([sys.executable, *words], start_new_session=True)
    try:
        assert until(lambda: ask(port) == "甲")
        store.publish(plans / "乙.gpkg", valid_from=TODAY)
        # Each worker looks once a second; twenty answers in a row reach both.
        assert until(lambda: all(ask(port) == "乙" for _ in range(20)))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)

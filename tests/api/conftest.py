"""Apps over the tiny plan, and a browser."""

import socket
import threading
import time
from contextlib import closing, contextmanager
from datetime import date

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from tiny_plan import renamed, tiny_plan

from api.app import create_app
from api.fast_locate import FastLocate
from api.settings import Settings
from api.store.folder import FolderStore
from gis.io.plan_file import write_plan


@pytest.fixture(scope="session")
def plan_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    write_plan(tiny_plan(extra_column="private_phone"), path)
    return path


@pytest.fixture(scope="session")
def plans(tmp_path_factory):
    """A folder with three plans, whose first micro-grids have three names."""
    folder = tmp_path_factory.mktemp("plans")
    for name in ("甲", "乙", "丙"):
        write_plan(renamed(tiny_plan(), name), folder / f"{name}.gpkg")
    return folder


@pytest.fixture(scope="session")
def folder(plan_path, tmp_path_factory):
    """A folder that the tiny plan was published to; nobody may publish to it again."""
    folder = tmp_path_factory.mktemp("folder")
    FolderStore(folder).publish(plan_path, valid_from=date(2026, 1, 1))
    return folder


@pytest.fixture
def site_client(folder):
    """Ask a server of the folder."""
    with TestClient(create_app(Settings(plan=folder)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def app(plan_path):
    return create_app(Settings(plan=plan_path))


@pytest.fixture
def client(app):
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(params=["framework", "quick"])
def either_client(request, app):
    """Ask the app itself, and as it is served: with plain look-ups answered before it."""
    quick = FastLocate(app, publications=app.state.publications)
    asked = quick if request.param == "quick" else app
    with TestClient(asked, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def served(app):
    """Serve an app on a free port of this machine; give its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def site(app):
    """Serve the tiny plan; give the address."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def published(folder):
    """Serve the folder that the tiny plan was published to; give the address."""
    with served(create_app(Settings(plan=folder))) as address:
        yield address


@pytest.fixture(scope="module")
def portal(plan_path):
    """Serve another site that frames us, once where it may and once where it may not."""
    home = Starlette(routes=[Route("/{port:int}", _frame)])
    with served(home) as address:
        allowed = create_app(Settings(plan=plan_path, frame_ancestors=address))
        with served(allowed) as ours:
            yield f"{address}/{ours.rsplit(':', 1)[1]}"


async def _frame(request):
    port = request.path_params["port"]
    return HTMLResponse(
        '<!doctype html><link rel="icon" href="data:,"><title>portal</title>'
        f'<iframe src="http://127.0.0.1:{port}/embed?locale=en" width="800" height="500"></iframe>'
    )

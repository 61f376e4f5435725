"""Keep the house in order: who may import whom, and what every module says of itself."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("gis", "maps", "api")
FORBIDDEN = {"gis": {"maps", "api"}, "maps": {"api"}, "api": set()}
#: Answering and proving must not depend on what made the plan.
NO_SOLVER = ("gis.verify", "gis.lookup", "gis.io.plan_file", "gis.plan_data", "maps")


def _modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()
SOURCES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def _is_typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _imports(body: Iterable[ast.AST], *, typing_too: bool) -> list[ast.Import | ast.ImportFrom]:
    found: list[ast.Import | ast.ImportFrom] = []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif isinstance(node, ast.If) and _is_typing_only(node) and not typing_too:
            found += _imports(node.orelse, typing_too=typing_too)
        else:
            found += _imports(ast.iter_child_nodes(node), typing_too=typing_too)
    return found


def _targets(name: str, *, typing_too: bool) -> set[str]:
    """Names of our own modules that a module imports."""
    found = set()
    for node in _imports(SOURCES[name].body, typing_too=typing_too):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        assert node.level == 0, f"{name} imports relatively"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            found.add(inner if inner in MODULES else str(node.module))
    return {target for target in found if target in MODULES}


def test_imports_go_one_way() -> None:
    wrong = [
        f"{name} imports {target}"
        for name in MODULES
        for target in _targets(name, typing_too=True)
        if target.split(".")[0] in FORBIDDEN[name.split(".")[0]]
    ]
    assert wrong == []


def test_no_module_imports_itself_in_a_ring() -> None:
    graph = {name: sorted(_targets(name, typing_too=False) - {name}) for name in MODULES}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for target in graph[name]:
                walk(target, (*trail, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_only_imports_that_run_count_for_rings() -> None:
    tree = ast.parse(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nelse:\n    import b\n"
        "def f():\n    import c\n"
    )
    names = [alias.name for node in _imports(tree.body, typing_too=False) for alias in node.names]
    assert names == ["TYPE_CHECKING", "b", "c"]


def _reached(start: str) -> set[str]:
    reached, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += _targets(name, typing_too=False)
    return reached


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(("maps", "api"))])
def test_only_the_command_line_reaches_the_solver(name: str) -> None:
    if name not in ("api.cli", "api.entry"):
        assert [found for found in _reached(name) if found.startswith("gis.partition")] == []


WATCH = """
import importlib, json, sys
proving, others, root = json.loads(sys.argv[1])
seen = []
sys.addaudithook(lambda event, args: event == "open" and seen.append(str(args[0])))
for name in proving:
    importlib.import_module(name)
solver = [name for name in sys.modules if name.startswith("gis.partition")]
for name in others:
    importlib.import_module(name)
print(json.dumps([solver, [path for path in seen if path.startswith(root)]]))
"""


@pytest.fixture(scope="module")
def imported() -> tuple[list[str], list[str]]:
    """What of the solver answering and proving load, and which of our files imports open."""
    proving = [name for name in MODULES if name.startswith(NO_SOLVER)]
    assert len(proving) > len(NO_SOLVER)
    others = [name for name in MODULES if name.startswith("gis")]
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps([proving, others, str(ROOT / "gis")])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    solver, opened = json.loads(done.stdout)
    return solver, opened


def test_answering_and_proving_never_load_the_solver(imported) -> None:
    assert imported[0] == []


def test_importing_reads_no_file_but_code(imported) -> None:
    opened = [path for path in imported[1] if "__pycache__" not in path]
    assert [path for path in opened if not path.endswith(".py")] == []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_module_says_what_it_does_and_offers(name: str) -> None:
    tree, path = SOURCES[name], MODULES[name]
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    assert first.endswith(".")
    assert len(first) <= 100
    if path.name == "__init__.py" and len(tree.body) == 1:
        return
    offered = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert len(offered) == 1, "every module has one __all__"
    assert len(set(offered[0])) == len(offered[0])

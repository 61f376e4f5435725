"""Hold the documentation against the code, so that it stays true."""

import importlib.util
import re
from pathlib import Path

import pytest
import typer

from api.cli import app
from maps.page import PageOptions

ROOT = Path(__file__).parents[1]
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"


def blocks(page, language):
    """Return the fenced blocks of a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def test_the_librarys_example_runs(monkeypatch, capsys):
    (example,) = blocks(README, "python")
    assert len(example.strip().splitlines()) <= 11
    monkeypatch.chdir(ROOT)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own example
    printed = capsys.readouterr().out
    assert "第1网格" in printed
    assert "第9网格" in printed or "微网格" in printed


def test_the_engines_example_runs(capsys):
    (example,) = blocks(ROOT / "docs/engine.md", "python")
    exec(compile(example, "engine.md", "exec"), {})  # noqa: S102 - our own example
    plan, violations = capsys.readouterr().out.splitlines()
    assert "feasible" in plan
    assert "gap 0.0%" in plan
    assert violations == "()"


def test_both_readmes_give_the_same_commands():
    for language in ("sh", "powershell"):
        ours, theirs = (
            [re.sub(r"\s*#.*|芳华苑\S*", "", block) for block in blocks(page, language)]
            for page in (README, CHINESE)
        )
        assert ours == theirs
        assert ours


def test_the_reference_is_what_the_contracts_make():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs/reference.md").read_text("utf-8") == module.page()


def test_every_command_is_documented():
    pages = "\n".join(path.read_text("utf-8") for path in [README, *ROOT.glob("docs/*.md")])
    for name in typer.main.get_command(app).commands:
        assert f"wangge {name}" in pages


@pytest.mark.parametrize(
    "page", [README, CHINESE, *sorted(ROOT.glob("docs/*.md"))], ids=lambda p: p.name
)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_the_embed_parameters_are_those_of_the_page():
    documented = set(
        re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/embedder.md").read_text("utf-8"), re.MULTILINE)
    )
    assert documented == {"level", "code", "locale", "controls"}
    assert {"code", "locale", "controls"} <= set(PageOptions.__dataclass_fields__)

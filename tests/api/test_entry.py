"""The command starts quickly for what needs little, and is the same command."""

import subprocess
import sys

import pytest

from api.cli import main as whole
from api.console import DONE, USAGE
from api.entry import main

LOADED = """
import sys
from api.entry import main
try:
    main([{words}])
except SystemExit as ended:
    heavy = ("pandas", "geopandas", "folium", "openpyxl", "gis.partition")
    print(ended.code, sorted(name for name in heavy if name in sys.modules))
"""


def run(capsys, entry, *words):
    with pytest.raises(SystemExit) as ended:
        entry([str(word) for word in words])
    printed = capsys.readouterr()
    return ended.value.code, printed.out


@pytest.mark.parametrize("words", [("locate", "--help"), ("serve", "--help"), ("locate",)])
def test_both_ways_in_are_one_command(capsys, words):
    assert run(capsys, main, *words) == run(capsys, whole, *words)


def test_all_else_is_there_too(capsys):
    code, out = run(capsys, main, "--help")
    assert code == DONE
    assert "publish" in out
    assert run(capsys, main, "nope")[0] == USAGE


def test_looking_up_in_a_folder_loads_nothing_that_plans(folder):
    words = f"'locate', {str(folder)!r}, '芳华苑1幢', '--json'"
    code = LOADED.format(words=words)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout.splitlines()[-1] == "0 []", done.stdout + done.stderr

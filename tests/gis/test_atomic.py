from __future__ import annotations

import os

import pytest

from gis.errors import UnwritableOutput
from gis.io.atomic import atomic_path, require_writable


class StopError(Exception):
    pass


def _files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_nothing_of_a_failure_is_kept(tmp_path):
    def fail():
        with atomic_path(tmp_path / "x.txt") as temporary:
            temporary.write_text("half")
            raise StopError

    with pytest.raises(StopError):
        fail()
    assert _files(tmp_path) == []


def test_folders_on_the_way_are_made_on_writing_only(tmp_path):
    path = tmp_path / "新 建" / "b" / "x.txt"
    require_writable(path)
    assert _files(tmp_path) == []
    with atomic_path(path) as temporary:
        temporary.write_text("whole")
    assert path.read_text() == "whole"


def test_a_folder_is_no_file_to_write(tmp_path):
    with pytest.raises(UnwritableOutput, match="is a folder"):
        require_writable(tmp_path)


def test_a_file_is_no_folder_to_write_in(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableOutput, match="no folder"):
        require_writable(tmp_path / "file" / "x.txt")


def test_what_is_read_is_not_written_over(tmp_path):
    source = tmp_path / "in.gpkg"
    source.write_text("")
    (tmp_path / "other.gpkg").symlink_to(source)
    for name in ("in.gpkg", "other.gpkg"):
        with pytest.raises(UnwritableOutput, match="is what is read"):
            require_writable(tmp_path / name, sources=(source,))
    require_writable(tmp_path / "out.gpkg", sources=(source, tmp_path / "absent"))


def test_a_locked_folder_is_refused(tmp_path, monkeypatch):
    # Root may write to every folder, so the answer of the system is played.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UnwritableOutput, match="may be written"):
        require_writable(tmp_path / "x.txt")

"""Find the files of an input, refuse what no input can be, and fingerprint the rest."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import UnreadableInput
from gis.faults import Fault
from gis.tables import INPUT_LAYERS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Limits", "Source", "file_hash", "find_sources", "refuse_bomb"]

_SQLITE: Final = b"SQLite format 3\x00"
_ZIP: Final = b"PK\x03\x04"
#: Suffix to format; sidecars of a shapefile are read with it.
_FORMATS: Final = {
    ".gpkg": "gpkg",
    ".fgb": "flatgeobuf",
    ".geojson": "geojson",
    ".json": "geojson",
    ".shp": "shapefile",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "excel",
}
_SIDECARS: Final = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qmd", ".qml", ".xml")
_IGNORED: Final = (*_SIDECARS, ".md", ".txt", ".pdf", ".png", ".jpg", ".toml", ".py")
_ARCHIVES: Final = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large an input may be before it is refused rather than read.

    Parameters
    ----------
    file_bytes
        Size of one file.
    rows
        Rows of one layer.
    unpacked_bytes, unpacked_ratio
        What the members of a workbook may expand to, and how many times their packed size.
    """

    file_bytes: int = 4_000_000_000
    rows: int = 3_000_000
    unpacked_bytes: int = 400_000_000
    unpacked_ratio: float = 100.0


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its path, its format, the layer it is named after, whether it is that one.

    A GeoPackage or a workbook of another name than a layer's holds the layers it names itself.
    """

    path: Path
    format: str
    layer: str = ""
    several: bool = False


def find_sources(path: Path, *, limits: Limits) -> tuple[list[Source], list[Fault]]:
    """List the files that a path stands for, sorted, with the faults of those refused.

    Raises
    ------
    UnreadableInput
        If the path is no input at all.
    """
    if not path.exists():
        msg = f"{path.name!r} does not exist; give a GeoPackage, a workbook or a folder of layers"
        raise UnreadableInput(msg)
    if path.is_dir():
        return _in_folder(path, limits=limits)
    if not path.is_file():
        msg = f"{path.name!r} is neither a file nor a folder; give a GeoPackage or a folder"
        raise UnreadableInput(msg)
    _require_whole(path, limits=limits)
    return [Source(path, _FORMATS.get(path.suffix.lower(), "gpkg"), several=True)], []


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def refuse_bomb(path: Path, *, limits: Limits) -> str:
    """Say why a workbook must not be unpacked; empty where it may be.

    Only the archive's directory is read, nothing is expanded.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "is not a workbook (.xlsx), or only part of one"
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > limits.unpacked_bytes or (
        unpacked > limits.unpacked_bytes / 20 and unpacked / packed > limits.unpacked_ratio
    ):
        return f"would expand from {packed:,} to {unpacked:,} bytes: a zip bomb, it seems"
    return ""


def _in_folder(folder: Path, *, limits: Limits) -> tuple[list[Source], list[Fault]]:
    sources: list[Source] = []
    faults: list[Fault] = []
    for prefix, place in (("", folder), ("layers/", folder / "layers")):
        if not place.is_dir():
            continue
        for path in sorted(place.iterdir()):
            suffix = path.suffix.lower()
            if not path.is_file() or path.name.startswith((".", "~$")):
                continue
            fault = _refusal(path, f"{prefix}{path.name}", limits=limits)
            if fault is not None:
                faults.append(fault)
            elif suffix in _FORMATS:
                layer = f"{prefix}{path.stem}"
                named = bool(prefix) or path.stem in INPUT_LAYERS
                several = _FORMATS[suffix] in ("gpkg", "excel") and not named
                sources.append(Source(path, _FORMATS[suffix], layer, several))
    if not sources and not faults:
        msg = (
            f"folder {folder.name!r} has no layer file; put in files named after the layers, "
            "such as communities.geojson and buildings.csv"
        )
        raise UnreadableInput(msg)
    return sources, faults


def _refusal(path: Path, name: str, *, limits: Limits) -> Fault | None:
    """Say why a file of a folder is not read; None where it is, or needs no word."""
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES:
        what, remedy = "is an archive", "unpack it into the folder"
    elif suffix == ".xls":
        what, remedy = "is an old workbook format", "save it as .xlsx or .csv"
    elif suffix in _FORMATS:
        size = path.stat().st_size
        if size > limits.file_bytes:
            what, remedy = f"has {size:,} bytes, too many", "cut it to the communities planned"
        elif size == 0:
            what, remedy = "is an empty file", "export it again"
        elif suffix == ".gpkg" and (why := _not_geopackage(path)):
            what, remedy = why, "export it again as GeoPackage"
        elif suffix == ".xlsx" and (why := refuse_bomb(path, limits=limits)):
            what, remedy = why, "save the sheet again as .xlsx or .csv"
        else:
            return None
    elif suffix in _IGNORED:
        return None
    else:
        return Fault(
            name,
            "is of no known format and was not read",
            "give GeoPackage, GeoJSON, Shapefile, GeoParquet, FlatGeobuf, CSV or .xlsx",
            severity="warning",
            kind="unknown-format",
        )
    return Fault(name, what, remedy, kind="unreadable-file")


def _require_whole(path: Path, *, limits: Limits) -> None:
    """Raise unless a single file is a whole GeoPackage or workbook of a bearable size."""
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES:
        msg = f"{path.name!r} is an archive; unpack it and give the GeoPackage or folder inside"
        raise UnreadableInput(msg)
    if suffix not in (".gpkg", ".xlsx") and suffix in (*_FORMATS, ".xls"):
        msg = (
            f"{path.name!r} is one layer; put it in a folder with the others, named after "
            "their layers (communities, buildings, …), and give the folder"
        )
        raise UnreadableInput(msg)
    if path.stat().st_size > limits.file_bytes:
        msg = (
            f"{path.name!r} has {path.stat().st_size:,} bytes, too many; cut it to the communities"
        )
        raise UnreadableInput(msg)
    workbook = suffix == ".xlsx"
    if why := refuse_bomb(path, limits=limits) if workbook else _not_geopackage(path):
        msg = f"{path.name!r} {why}; give a GeoPackage, a workbook or a folder of layer files"
        raise UnreadableInput(msg)


def _not_geopackage(path: Path) -> str:
    """Say why a file is not a whole GeoPackage; empty where it is one.

    An SQLite file tells its page size and count in its header (https://sqlite.org/fileformat.html,
    1.3), so a truncated one shows before anything is parsed.
    """
    with path.open("rb") as stream:
        head = stream.read(100)
    size = path.stat().st_size
    if size == 0:
        return "is an empty file"
    if head.startswith(_ZIP):
        return "is a zip archive, not a GeoPackage"
    if len(head) < 100 or not head.startswith(_SQLITE):  # noqa: PLR2004
        return "is not a GeoPackage"
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    current = head[24:28] == head[92:96]
    if current and size < page * pages:
        return f"is cut off: {size:,} of {page * pages:,} bytes are there"
    return ""

"""Write the real addresses and their spoilt spellings: ``python -m corpus.make_real``.

The places are looked for in the folder ``data`` of the folder that WANGGE_DATA names.
"""

from __future__ import annotations

import csv
import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import spoil_french, spoil_russian
from corpus.spoil import Street, rank, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

HERE = Path(__file__).parent
COLUMNS = ("id", "address", "street", "number", "spoilt", "text")
MOST = 300
#: All of Monaco: west, south, east, north.
MONACO = (7.40, 43.72, 7.445, 43.755)


def main() -> None:
    """Write both files beside this one."""
    folder = Path(os.environ["WANGGE_DATA"]) / "data"
    for name, text in build(folder).items():
        (HERE / name).write_text(text, encoding="utf-8", newline="")


def build(folder: Path) -> dict[str, str]:
    """Return the text of each file, by its name."""
    monaco, petersburg = monaco_addresses(folder), petersburg_addresses(folder)
    french = spoil_french.ways({where.street for where in monaco.values()})
    russian = spoil_russian.ways({where.street for where in petersburg.values()})
    return {
        "real_monaco.csv": _text("monaco", monaco, french),
        "real_petersburg.csv": _text("petersburg", petersburg, russian),
    }


def monaco_addresses(folder: Path) -> dict[str, Street]:
    """Return every address of Monaco that has a street and a number, as the import writes it."""
    from gis.io.osm import import_osm  # noqa: PLC0415 - needs osmium, which tests may lack

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layers = import_osm(folder / "monaco.osm.pbf", bbox=MONACO).layers
    texts = sorted(set(layers["addresses"]["address"].dropna()))
    found = {text: spoil_french.split(text) for text in texts}
    return _unlike({text: where for text, where in found.items() if where is not None})


def petersburg_addresses(folder: Path) -> dict[str, Street]:
    """Return every address of the district: the street, a comma, the number."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra, which tests may lack

    columns = ("addr:street", "addr:housenumber")
    rows = pq.read_table(
        folder / "spb_vasileostrovsky_buildings.parquet", columns=list(columns)
    ).to_pylist()
    pairs = {(row[columns[0]], row[columns[1]]) for row in rows if row[columns[1]]}
    return _unlike({f"{s}, {n}": Street(s, n) for s, n in sorted(pairs) if s})


def _unlike(addresses: dict[str, Street]) -> dict[str, Street]:
    """Leave out those that another one equals but for case: nobody could tell them apart."""
    folded = [text.casefold() for text in addresses]
    return {text: where for text, where in addresses.items() if folded.count(text.casefold()) == 1}


def _text(
    place: str, addresses: dict[str, Street], ways: dict[str, Callable[[Street], str]]
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    texts: set[str] = set()
    for number, address in enumerate(_drawn(place, addresses), 1):
        where = addresses[address]
        for i, (way, text) in enumerate(spellings(where, ways, address), 1):
            assert text not in addresses, text
            assert text not in texts, text
            texts.add(text)
            writer.writerow(
                (f"{place}-{number:03d}-{i}", address, where.street, where.number, way, text)
            )
    return out.getvalue()


def _drawn(place: str, addresses: Collection[str]) -> list[str]:
    return sorted(sorted(addresses, key=lambda text: rank(place, text))[:MOST])


if __name__ == "__main__":
    main()

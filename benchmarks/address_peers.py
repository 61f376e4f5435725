"""Ask the same of PostgreSQL, and of rapidfuzz over all names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from made_addresses import City, Made

__all__ = ["Postgres", "scan"]

_SCHEMA: Final = "wangge_addresses"
_LIMIT: Final = 20


class Postgres:
    """The city's addresses in a schema of their own, dropped at the end.

    Parameters
    ----------
    city
        What is put in: every address under its parts as one key, and every name.
    """

    def __init__(self, city: City) -> None:
        import psycopg  # noqa: PLC0415 - an extra

        self._base = psycopg.connect(os.environ["WANGGE_POSTGIS"], autocommit=True)
        self._do(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        self._do(f"CREATE SCHEMA {_SCHEMA}")
        self._do(f"SET search_path = {_SCHEMA}, public")
        self._do(f"CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA {_SCHEMA}")
        self._do("CREATE UNLOGGED TABLE address (key text, home_id text)")
        self._do("CREATE UNLOGGED TABLE name (name text)")
        with self._base.cursor() as cursor:
            with cursor.copy("COPY address FROM STDIN") as copy:
                for at in range(len(city)):
                    for made in city.compound(at).addresses():
                        copy.write_row((key_of(made), made.home_id))
            with cursor.copy("COPY name FROM STDIN") as copy:
                for name in all_names(city):
                    copy.write_row((name,))
        self._do("CREATE INDEX ON address (key)")
        self._do("CREATE INDEX ON name (name text_pattern_ops)")
        self._do("CREATE INDEX ON name USING gin (name gin_trgm_ops)")
        self._do("ANALYZE")
        (self.locale,) = self._do("SHOW lc_ctype")[0]
        (self.trigrams,) = self._do("SELECT cardinality(show_trgm('阳光花园'))")[0]
        (self.version,) = self._do("SHOW server_version")[0]
        self.bytes = sum(
            size
            for (size,) in self._do(
                "SELECT pg_total_relation_size(c) FROM unnest(%s::regclass[]) c",
                ["address", "name"],
            )
        )

    def exact(self, made: Made) -> str:
        """Find the home of an address by its key."""
        return self._do("SELECT home_id FROM address WHERE key = %s", key_of(made))[0][0]

    def typeahead(self, text: str) -> list[Any]:
        """Find names that begin with a text, then names that have it inside."""
        found = self._do(
            "SELECT name FROM name WHERE name LIKE %s ORDER BY name LIMIT 10", text + "%"
        )
        if len(found) < 10:
            found += self._do("SELECT name FROM name WHERE name LIKE %s LIMIT 10", f"%{text}%")
        return found

    def similar(self, name: str) -> list[str]:
        """Find the names most like a name by their trigrams."""
        found = self._do(
            "SELECT name FROM name WHERE name %% %s ORDER BY similarity(name, %s) DESC, name"
            " LIMIT %s",
            name,
            name,
            _LIMIT,
        )
        return [each for (each,) in found]

    def close(self) -> None:
        """Drop what was made."""
        self._do(f"DROP SCHEMA {_SCHEMA} CASCADE")
        self._base.close()

    def _do(self, query: Any, *values: Any) -> list[Any]:
        with self._base.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []


def scan(city: City) -> Callable[[str], list[str]]:
    """Return a search that compares a name with every name of the city."""
    names = list(all_names(city))

    def similar(name: str) -> list[str]:
        return [
            each for each, _, _ in process.extract(name, names, scorer=fuzz.ratio, limit=_LIMIT)
        ]

    return similar


def all_names(city: City) -> Iterator[str]:
    """Give the names of compounds, their old names, and the roads."""
    yield from city.names
    yield from sorted({c.old_name for at in range(len(city)) if (c := city.compound(at)).old_name})
    yield from city.roads


def key_of(made: Made) -> str:
    """Return an address as one key."""
    return f"{made.compound}|{made.building}|{made.stairwell}|{made.room}"

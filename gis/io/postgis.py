"""Read a community's layers from a PostGIS database, by its connection string."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.conform import layer_contract
from gis.errors import MissingExtra, UnreadableInput
from gis.faults import Fault
from gis.io.reading import numbered, too_many, unreadable
from gis.tables import COUNTED_PREFIX, INPUT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.io.files import Limits
    from gis.io.reading import Found

__all__ = ["database_name", "is_database", "read_database"]

_SCHEMES: Final = ("postgresql://", "postgres://")
_COUNTED: Final = "layers_"
_TIMEOUT_S: Final = 10
#: What PostGIS calls columns of shapes, by their type in `pg_type`.
_SHAPES: Final = ("geometry", "geography")
_WHOLE: Final = ("int2", "int4", "int8")


def is_database(source: object) -> bool:
    """Tell whether what is to be read is a connection string rather than a path.

    Examples
    --------
    >>> is_database("postgresql://me@host/town"), is_database("town.gpkg")
    (True, False)
    """
    return str(source).startswith(_SCHEMES)


def database_name(source: str) -> str:
    """Name a database for people: without user, password and host.

    Examples
    --------
    >>> database_name("postgresql://me:secret@host/town?schema=west")
    'town.west'
    """
    _, schema = _split(source)
    return f"{urlsplit(source).path.strip('/') or 'postgres'}.{schema}"


def read_database(source: str, *, limits: Limits) -> tuple[list[Found], dict[str, str]]:
    """Read every table of a schema that is named after a layer, in one read-only transaction.

    Parameters
    ----------
    source
        ``postgresql://user:password@host:port/database?schema=public``: what libpq takes, and the
        schema besides, ``public`` by default. Counted layers are the tables ``layers_NAME``.
    limits
        How many rows a layer may have.

    Returns
    -------
    Name, table and faults of each layer; and the SHA-256 of each one's rows, in their order. Rows
    are ordered by the primary key, or without one by all they hold, since a table has no order.

    Raises
    ------
    MissingExtra
        If psycopg is not installed.
    UnreadableInput
        If the database cannot be reached, lets nobody read, or has no such table.
    """
    try:
        import psycopg  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "PostGIS needs psycopg: pip install 'wangge[postgis]'"
        raise MissingExtra(msg) from error
    url, schema = _split(source)
    name = database_name(source)
    try:
        with psycopg.connect(url, connect_timeout=_TIMEOUT_S) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables = _tables(connection, schema)
            found: list[Found] = []
            hashes: dict[str, str] = {}
            for table, layer in tables:
                frame, faults, digest = _layer(connection, schema, table, layer, limits=limits)
                found.append((layer, frame, faults))
                hashes[f"{schema}.{table}"] = digest
    except (psycopg.Error, ValueError) as error:
        reason = str(error).strip().partition("\n")[0].partition('": ')[-1] or type(error).__name__
        msg = f"database {name!r} cannot be read ({reason}); check the connection string"
        raise UnreadableInput(msg) from None  # the library's own words may hold the string
    if not found:
        msg = (
            f"database {name!r} has no table named after a layer, such as communities; "
            "say which schema it is: ?schema=NAME"
        )
        raise UnreadableInput(msg)
    return found, hashes


def _split(source: str) -> tuple[str, str]:
    """Take the schema out of a connection string, since libpq knows no such parameter."""
    parts = urlsplit(source)
    options = parse_qsl(parts.query, keep_blank_values=True)
    schema = next((value for key, value in options if key == "schema"), "public")
    rest = urlencode([(key, value) for key, value in options if key != "schema"])
    return urlunsplit(parts._replace(query=rest)), schema


def _tables(connection: Any, schema: str) -> list[tuple[str, str]]:
    """List the tables and views of a schema that are layers, with the layer's name."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'm', 'f', 'p')",
        [schema],
    ).fetchall()
    names = sorted(str(row[0]) for row in rows)
    layers = [(name, name) for name in names if name in INPUT_LAYERS]
    counted = [
        (name, COUNTED_PREFIX + name.removeprefix(_COUNTED))
        for name in names
        if name.startswith(_COUNTED) and name != _COUNTED
    ]
    return layers + counted


def _layer(
    connection: Any, schema: str, table: str, layer: str, *, limits: Limits
) -> tuple[pd.DataFrame | None, list[Fault], str]:
    """Read one table: its frame, its faults, the hash of its rows."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    place = sql.Identifier(schema, table)
    columns = connection.execute(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        " ORDER BY a.attnum",
        [place.as_string(connection)],
    ).fetchall()
    count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(place)).fetchone()[0]
    if fault := too_many(int(count), layer, limits):
        return None, [fault], ""
    shapes = [name for name, kind in columns if kind in _SHAPES]
    fields = [
        sql.SQL("ST_AsEWKB({}::geometry)").format(sql.Identifier(name))
        if name in shapes
        else sql.Identifier(name)
        for name, _ in columns
    ]
    keys = _keys(connection, place)
    query = sql.SQL("SELECT {} FROM {} one ORDER BY {}").format(
        sql.SQL(", ").join(fields), place, _order(keys)
    )
    rows = connection.execute(query).fetchall()
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode())
    frame = numbered(pd.DataFrame(rows, columns=[name for name, _ in columns], dtype=object))
    frame = frame.drop(columns=_row_number(dict(columns), keys, layer))
    if not shapes:
        return frame, [], digest.hexdigest()
    return *_placed(frame, shapes, layer, connection), digest.hexdigest()


def _keys(connection: Any, place: Any) -> list[str]:
    """List the columns of a table's primary key, in its order."""
    rows = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
        " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = %s::regclass AND i.indisprimary"
        " ORDER BY array_position(i.indkey::int2[], a.attnum)",
        [place.as_string(connection)],
    ).fetchall()
    return [str(name) for (name,) in rows]


def _order(keys: list[str]) -> Any:
    """Say what to order rows by: the primary key, else the whole row as text."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    if keys:
        return sql.SQL(", ").join(sql.Identifier("one", name) for name in keys)
    return sql.SQL('one::text COLLATE "C"')


def _row_number(columns: Mapping[str, str], keys: list[str], layer: str) -> list[str]:
    """Name the column that only numbers the rows: a whole-number key that is no column of ours.

    A file keeps such a number to itself (the fid of a GeoPackage), so that the same rows read
    from either are the same.
    """
    contract = layer_contract(layer)
    ours = contract.dtypes if contract else {}
    return [key for key in keys if len(keys) == 1 and columns[key] in _WHOLE and key not in ours]


def _placed(
    frame: pd.DataFrame, shapes: list[str], layer: str, connection: Any
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Make the first column of shapes the geometry; others are left out, and that is said."""
    first, *others = shapes
    faults = [
        Fault(
            layer, f"has a second column of shapes, {name!r}; it was not read",
            "give a view with one of them", column=name, severity="warning", kind="second-geometry",
        )
        for name in others
    ]  # fmt: skip
    geometry = shapely.from_wkb(frame[first].to_numpy(dtype=object), on_invalid="ignore")
    codes = sorted(
        {int(code) for code in shapely.get_srid(geometry[~shapely.is_missing(geometry)])}
    )
    if len(codes) > 1:
        listed = ", ".join(str(code) for code in codes)
        return None, [*faults, unreadable(layer, f"holds shapes of several SRIDs ({listed})")]
    crs = _crs(connection, codes[0]) if codes and codes[0] else None
    plain = frame.drop(columns=[*shapes, *({"geometry"} & set(frame.columns) - set(shapes))])
    return gpd.GeoDataFrame(plain, geometry=shapely.set_srid(geometry, 0), crs=crs), faults


def _crs(connection: Any, srid: int) -> CRS | None:
    """Look up what the database means by a SRID."""
    row = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", [srid]
    ).fetchone()
    if row is None:
        return None
    for text in (f"{row[0]}:{row[1]}", row[2]):
        try:
            return CRS.from_user_input(text)
        except CRSError:
            continue
    return None

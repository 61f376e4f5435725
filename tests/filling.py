"""Fill in templates and a database as a planner would, from layers made in code."""

import datetime as dt
import re

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import shapely

_TYPES = {"int64": "integer", "float64": "double precision", "boolean": "boolean"}


def fill_workbook(path, layers):
    """Type every row into the sheets, as a planner would."""
    book = openpyxl.load_workbook(path)
    for name, table in layers.items():
        if name.startswith("layers/"):
            continue
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).astype(object)
        plain = plain.where(plain.notna(), None).map(_typed)
        if isinstance(table, gpd.GeoDataFrame) and table.geometry.notna().any():
            degrees = table.geometry.to_crs(4490)
            if "lon" in header and (degrees.geom_type == "Point").all():
                plain["lon"], plain["lat"] = degrees.x, degrees.y
            else:
                plain["wkt_4490"] = [shape.wkt for shape in degrees]
        for row in plain.to_dict("records"):
            sheet.append([row.get(column) for column in header])
    book.save(path)


def fill_geopackage(path, layers):
    """Draw and type every row into the tables, as a planner would in a GIS."""
    for name, table in layers.items():
        if name.startswith("layers/"):
            continue
        if isinstance(table, gpd.GeoDataFrame):
            table = table.to_crs(4490)  # noqa: PLW2901
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _typed(value):
    """Write a value as a spreadsheet holds it: days as days, yes and no in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return dt.datetime.fromisoformat(value)
    return value


def fill_schema(connection, schema, layers):
    """Make a schema of the layers, each a table with a serial key."""
    connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    connection.execute(f"CREATE SCHEMA {schema}")
    for name, table in layers.items():
        _write(connection, schema, name.replace("/", "_"), table)


def _write(connection, schema, name, table):
    """Write a table as somebody's database would hold it: rows in an order of its own."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    place = sql.Identifier(schema, name)
    columns = [
        (column, _TYPES.get(str(dtype).lower(), "text"))
        for column, dtype in table.dtypes.items()
        if column != "geometry"
    ]
    placed = isinstance(table, gpd.GeoDataFrame)
    if placed:
        columns.append(("shape", f"geometry(Geometry, {table.crs.to_epsg()})"))
    fields = ", ".join(f'"{column}" {kind}' for column, kind in columns)
    connection.execute(sql.SQL("CREATE TABLE {} (n serial PRIMARY KEY, ").format(place)
                       + sql.SQL(fields + ")"))  # fmt: skip
    rows = [(k, *row) for k, row in enumerate(_plain(table), start=1)]
    holes = sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + 1))
    with connection.cursor() as cursor:
        insert = sql.SQL("INSERT INTO {} VALUES ({})").format(place, holes)
        cursor.executemany(insert, rows[::-1])


def _plain(table):
    plain = table.drop(columns="geometry", errors="ignore").astype(object)
    values = plain.where(plain.notna(), None).to_numpy().tolist()
    if isinstance(table, gpd.GeoDataFrame):
        ewkb = shapely.to_wkb(
            shapely.set_srid(table.geometry.to_numpy(), table.crs.to_epsg()),
            hex=True, include_srid=True,
        )  # fmt: skip
        values = [[*row, shape] for row, shape in zip(values, ewkb, strict=True)]
    return values

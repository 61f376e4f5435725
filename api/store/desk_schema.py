"""Write down the tables of the desk."""

from __future__ import annotations

from typing import Final

__all__ = ["FORMAT", "SCHEMA"]

#: Kept in the file, so that a later version can tell.
FORMAT: Final = 1

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ruling (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    lon REAL,
    lat REAL,
    radius_m REAL NOT NULL,
    code TEXT NOT NULL,
    anchor_lon REAL NOT NULL,
    anchor_lat REAL NOT NULL,
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    made TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS report (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    made TEXT NOT NULL,
    query TEXT NOT NULL,
    lon REAL,
    lat REAL,
    plan_id TEXT NOT NULL,
    micro_code TEXT NOT NULL,
    text TEXT NOT NULL,
    times INTEGER NOT NULL,
    last TEXT NOT NULL,
    closed TEXT,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS report_open ON report (closed, number);
"""

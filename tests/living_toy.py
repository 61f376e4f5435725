"""Give the toy of the maps what living circles tell."""

import pandas as pd
import shapely

from gis.plan_data import Plan
from gis.tables import PLAN_LAYERS, with_columns


def with_living(plan):
    """Give the toy circles of 10 minutes, a home out of reach, and gaps."""
    nearest = plan["circles"]
    wider = nearest.assign(minutes=10, metres=600.0).set_geometry(nearest.buffer(200))
    undrawn = wider.assign(level="micro").set_geometry([shapely.Polygon()], crs=nearest.crs)
    told = [
        ("b-0-0", "micro", 5, 310.0, "too far"),
        ("b-0-0", "large", 5, None, "no gate"),
        ("b-1-0", "large", 5, 700.0, "too far"),
    ]
    unreached = pd.DataFrame(told, columns=["atom_id", "level", "minutes", "walk_m", "why"])
    unreached = with_columns(
        unreached.assign(code="990000000001003", households=40), PLAN_LAYERS["unreached"]
    )
    found = [
        ("b-0-0", "pharmacy", 5, 410.0, 300.0, "not served"),
        ("b-0-0", "tea_house", 5, None, 300.0, "unreachable"),
        ("b-1-0", "pharmacy", 5, 310.0, 300.0, "not served"),
        ("b-2-0", "pharmacy", 5, 120.0, 300.0, "served"),
        ("b-2-0", "elderly_care", 5, None, 300.0, "no data"),
        ("b-2-0", "bank", None, None, None, "unreachable"),
        ("b-3-2", "pharmacy", 5, 900.0, 300.0, "not served"),
    ]
    columns = ["atom_id", "category", "minutes", "walk_m", "limit_m", "status"]
    access = with_columns(pd.DataFrame(found, columns=columns), PLAN_LAYERS["access"])
    circles = pd.concat([nearest, wider, undrawn], ignore_index=True)
    layers = {**plan.layers, "circles": circles, "unreached": unreached, "access": access}
    return Plan(layers=layers, crs=plan.crs)

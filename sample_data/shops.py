"""Put rows of shops between the sample's sidewalks and walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from houses import House, plain_house
from layout import SHOP_DEPTH_M, SHOP_GAP_M, side_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layout import Block, Layout
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A row of shop fronts: the building and the middle of each unit's front."""

    house: House
    units: Floats


def build_shops(layout: Layout, spec: Mapping[str, Any], rng: np.random.Generator) -> list[ShopRow]:
    """Build the rows of shops along the sides written in capitals, clear of the gates."""
    rows: list[ShopRow] = []
    numbers: dict[str, int] = {}
    for name in sorted(spec["blocks"]):
        block = layout.blocks[name]
        for side, kind in zip("SENW", spec["blocks"][name]["sides"], strict=True):
            if not kind.isupper():
                continue
            street = _street(spec, name, side)
            gates = [gate.point for p in layout.parcels if p.block == name for gate in p.gates]
            for ring, units in _fronts(block, side, np.array(gates), rng):
                numbers[street] = numbers.get(street, 100) + 2
                house = plain_house(
                    f"HT-96-{len(rows) + 1:02d}",
                    "沿街商铺",
                    f"{street}{numbers[street]}号",
                    "shop",
                    ring,
                    floors=2,
                )
                rows.append(ShopRow(house, units))
    return rows


def _street(spec: Mapping[str, Any], block: str, side: str) -> str:
    """Return the name of the street at a block's side."""
    i = "SENW".index(side)
    nodes = spec["blocks"][block]["nodes"]
    ends = {nodes[i], nodes[(i + 1) % 4]}
    return next(street["name"] for street in spec["streets"] if ends <= set(street["nodes"]))


def _fronts(
    block: Block, side: str, gates: Floats, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Yield the outline and the shop fronts of each row along one side."""
    start, end = side_line(block.sidewalk, side)
    length = np.hypot(*(end - start))
    axis = (end - start) / length
    inwards = np.array([-axis[1], axis[0]]) * (1.0 if side in "SE" else -1.0)
    across = (gates - start) @ inwards
    taken = ((gates - start) @ axis)[across < SHOP_GAP_M + SHOP_DEPTH_M + 4.0]
    x = 16.0 + rng.uniform(0, 6)
    while x < length - 40.0:
        count = int(rng.integers(3, 6))
        width = rng.uniform(8.0, 9.5)
        stop = x + count * width
        blocked = taken[(taken > x - 7.0) & (taken < stop + 7.0)]
        if len(blocked):
            x = blocked.max() + 8.0
            continue
        if stop > length - 16.0:
            return
        box = [(x, 0.0), (stop, 0.0), (stop, SHOP_DEPTH_M), (x, SHOP_DEPTH_M)]
        corners = [start + a * axis + (SHOP_GAP_M + d) * inwards for a, d in box]
        middles = x + (np.arange(count) + 0.5) * width
        fronts = start + middles[:, None] * axis + (SHOP_GAP_M + 1.0) * inwards
        yield np.array(corners if side in "SE" else corners[::-1]), fronts
        x = stop + rng.uniform(12.0, 34.0)

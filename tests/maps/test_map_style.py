"""Colours: neighbours differ, every reader can tell them apart."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from maps.style import PALETTE, STYLES, colour_areas, neighbours

#: Machado, Oliveira and Fernandes (2009), severity 1: how readers without one cone see linear RGB.
VISIONS = {
    "all": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}

#: Linear sRGB to CIE XYZ (IEC 61966-2-1).
TO_XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]


def lab(colour, vision):
    """CIE Lab of a colour as seen with a vision."""
    rgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(TO_XYZ) @ np.clip(np.array(vision) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISIONS)
def test_palette_colours_differ_for_every_vision(vision):
    seen = [lab(colour, VISIONS[vision]) for colour in PALETTE]
    apart = [np.linalg.norm(a - b) for n, a in enumerate(seen) for b in seen[:n]]
    assert len(PALETTE) >= 6
    assert min(apart) > 15  # five times what is just noticeable


@pytest.mark.parametrize("colour", PALETTE)
def test_labels_are_readable_on_every_colour(colour):
    light = lab(colour, VISIONS["all"])[0]
    assert light > 65


def test_corner_neighbours_are_none():
    assert neighbours([box(0, 0, 1, 1), box(1, 1, 2, 2)]) == [[], []]
    assert neighbours([]) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 60))
def test_neighbours_differ_with_six_colours(seed, count):
    points = np.random.default_rng(seed).uniform(0, 1000, (count, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True))
    colours = colour_areas(cells)
    beside = neighbours(cells)
    assert all(colours[a] != colours[b] for a, others in enumerate(beside) for b in others)
    assert colours == colour_areas(cells)
    assert set(colours) <= set(range(6))


def test_many_colours_are_used_about_equally():
    cells = [box(x, y, x + 1, y + 1) for x in range(12) for y in range(12)]
    used = np.bincount(colour_areas(cells), minlength=6)
    assert used.min() >= 12


def test_pieces_that_need_more_colours_than_there_are_still_get_one():
    rows = [box(0, n, 10, n + 1) for n in range(4)]
    columns = [box(11 + n, 0, 12 + n, 4) for n in range(4)]
    links = [box(10, n, 11 + n, n + 1) for n in range(4)]
    areas = [shapely.union_all(parts) for parts in zip(rows, columns, links, strict=True)]
    assert len(colour_areas(areas, colours=2)) == 4


def test_every_style_has_a_stroke():
    for layer, styles in STYLES.items():
        for name, style in styles.items():
            assert style["weight"] > 0, (layer, name)
            assert style["color"].startswith("#"), (layer, name)

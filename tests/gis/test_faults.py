from __future__ import annotations

import random

from gis.errors import InputFaults
from gis.faults import Fault, has_errors, sort_faults, to_table

FAULTS = [
    Fault("b", "what", "mend", row=2, column="x", value="2"),
    Fault("b", "what", "mend", row=2, column="x", value="1"),
    Fault("b", "what", "mend it", row=2, column="x", value="1"),
    Fault("a", "hm", "none", severity="information"),
    Fault("a", "oh", "none", row=10, severity="warning"),
    Fault("a", "oh", "none", row=9, severity="warning"),
    Fault("a", "oh", "none", row=9, severity="warning"),
]


def test_sorting_drops_repeats_and_forgets_the_order():
    expected = sort_faults(FAULTS)
    assert [f.severity for f in expected] == ["error"] * 3 + ["warning"] * 2 + ["information"]
    assert [f.value for f in expected[:3]] == ["1", "1", "2"]
    assert [f.row for f in expected[3:5]] == [9, 10]
    for seed in range(20):
        mixed = random.Random(seed).sample(FAULTS, len(FAULTS))  # noqa: S311 - no secret
        assert sort_faults(mixed) == expected


def test_long_values_are_cut():
    fault = Fault("a", "b", "c", column="x", value="长" * 200)
    assert len(fault.value) == 80
    assert fault.value.endswith("…")
    assert len(Fault("a", "b", "c", value="长" * 80).value) == 80


def test_text_says_where_as_far_as_known():
    assert str(Fault("a", "is bad", "mend it")) == "a: is bad; mend it"
    assert str(Fault("a", "is bad", "mend it", row=1)) == "a row 1: is bad; mend it"


def test_errors_are_told_from_warnings():
    assert has_errors(FAULTS)
    assert not has_errors(FAULTS[3:])
    message = str(InputFaults([*FAULTS[:3], FAULTS[0], FAULTS[4]]))
    assert message.startswith("4 input faults: ")
    assert message.endswith("(and 1 more)")


def test_table_has_a_row_each_and_its_columns_even_when_empty():
    table = to_table(FAULTS)
    assert len(table) == len(FAULTS)
    assert list(to_table([]).columns) == list(table.columns)

"""Assets: Leaflet comes whole from its wheel, data cannot leave its element."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from maps import assets

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("</script><!--\u2028\u2029&"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES)
def test_safe_json_keeps_values_and_has_no_markup(value):
    text = assets.safe_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_leaflet_has_no_link_to_files():
    style = assets.leaflet_style()
    assert style.count("data:image/png;base64,") == 3
    assert "images/" not in style
    assert "sourceMappingURL" not in assets.leaflet_script()
    assert "</script" not in assets.leaflet_script() + assets.own_script()


def test_our_scripts_write_no_markup():
    script = assets.own_script()
    assert not re.search(r"innerHTML\s*\+?=|insertAdjacentHTML|document\.write|\beval\(", script)

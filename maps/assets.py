"""Read what a page carries: Leaflet from its wheel, our own scripts and style sheet."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from xstatic.pkg import leaflet

__all__ = [
    "SCRIPTS",
    "leaflet_script",
    "leaflet_style",
    "own_script",
    "own_style",
    "safe_json",
    "script_hashes",
]

#: Our own modules, in the order they build on each other.
SCRIPTS: Final = (
    "dom.js",
    "popups.js",
    "labels.js",
    "layers.js",
    "panel.js",
    "sheet.js",
    "page.js",
)

_URL = re.compile(r"url\((?P<path>images/[\w.-]+)\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_RUN_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def leaflet_script() -> str:
    """Return Leaflet's script, without the pointer to a source map that is not there."""
    text = (Path(leaflet.BASE_DIR) / "leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("", text)


def leaflet_style() -> str:
    """Return Leaflet's style sheet with its images inside, as data URLs."""
    text = (Path(leaflet.BASE_DIR) / "leaflet.css").read_text(encoding="utf-8")
    return _URL.sub(lambda match: f"url({_data_url(match['path'])})", text)


def own_script() -> str:
    """Return our own scripts, one after the other."""
    return "\n".join(_static(name) for name in SCRIPTS)


def own_style() -> str:
    """Return our own style sheet."""
    return _static("page.css")


def safe_json(value: Any) -> str:
    r"""Write JSON that may stand inside a script element, whatever names it holds.

    Examples
    --------
    >>> print(safe_json({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES)


def script_hashes(page: str) -> list[str]:
    """Return what a content security policy calls each script in a page.

    Examples
    --------
    >>> script_hashes("<script>1</script>")
    ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"]
    """
    digests = (hashlib.sha256(body.encode()).digest() for body in _RUN_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _static(name: str) -> str:
    return (files("maps") / "static" / name).read_text(encoding="utf-8")


def _data_url(path: str) -> str:
    image = (Path(leaflet.BASE_DIR) / path).read_bytes()
    return "data:image/png;base64," + base64.b64encode(image).decode()

"""Answer many questions at once: each by itself, the points of all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from pydantic import TypeAdapter, ValidationError

from api.errors import BadQuestion
from api.models import LocateItem
from api.store.errors import TooMuch

if TYPE_CHECKING:
    from datetime import date

    from gis.lookup.locator import AskedDatum, Locator

__all__ = ["MOST_ITEMS", "locate_many"]

MOST_ITEMS: Final = 10_000
_SURE: Final = 0.5
_REMEDY: Final = "see /docs for what is allowed"
_DATUM: Final[TypeAdapter[AskedDatum]] = TypeAdapter(Literal["wgs84", "cgcs2000", "gcj02", "bd09"])


def locate_many(locator: Locator, body: bytes, *, on: date | None) -> bytes:
    """Answer a body of questions; return the JSON of `api.models.LocateResults`.

    Parameters
    ----------
    locator
        What answers.
    body
        JSON: {"items": [...], "datum": ...}, each item as `api.models.LocateItem`.
    on
        The day that is asked about; today where left out.

    Raises
    ------
    BadQuestion
        If the body is no such object; what is wrong in one item is answered in its place.
    TooMuch
        If there are more than `MOST_ITEMS`.
    """
    raw, datum = _read(body)
    items = [_item(each) for each in raw]
    points = [
        at for at, item in enumerate(items) if isinstance(item, LocateItem) and not item.address
    ]
    lon, lat = ([getattr(items[at], name) for at in points] for name in ("lon", "lat"))
    found = locator.locate_points(lon, lat, datum=datum, on=on)
    encoded = {at: found.encoded(place) for place, at in enumerate(points)}
    settled = {
        at: bool(code and sure >= _SURE)
        for at, code, sure in zip(
            points, found.columns()["micro_code"], found.columns()["confidence"], strict=True
        )
    }
    results = []
    for at, (each, item) in enumerate(zip(raw, items, strict=True)):
        if isinstance(item, str):
            error = {"code": "bad-question", "message": item, "remedy": _REMEDY}
            results.append(_result(each, b"error", msgspec.json.encode(error)))
            continue
        if item.address is not None:
            answer = locator.locate_address(item.address, on=on)
            settled[at] = answer.micro is not None and answer.confidence >= _SURE
            encoded[at] = msgspec.json.encode(answer)
        results.append(_result(each, b"answer", encoded.pop(at)))
    summary = {
        "asked": len(items),
        "found": sum(settled.values()),
        "open": len(settled) - sum(settled.values()),
        "refused": len(items) - len(settled),
    }
    return b'{"results":[%b],"summary":%b}' % (b",".join(results), msgspec.json.encode(summary))


def _read(body: bytes) -> tuple[list[Any], AskedDatum]:
    try:
        asked = msgspec.json.decode(body)
        items, datum = asked.pop("items"), _DATUM.validate_python(asked.pop("datum", "wgs84"))
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValidationError) as error:
        msg = 'the body must be JSON: {"items": [...]} and, where needed, "datum"'
        raise BadQuestion(msg) from error
    if asked or not isinstance(items, list):
        msg = f"the body has more than items and datum: {', '.join(sorted(asked))[:100]}"
        raise BadQuestion(msg if asked else "items must be a list")
    if len(items) > MOST_ITEMS:
        msg = f"{len(items):,} items; at most {MOST_ITEMS:,} are taken at once"
        raise TooMuch(msg)
    return items, datum


def _item(raw: Any) -> LocateItem | str:
    """Return one question, or what is wrong with it; values are not repeated."""
    try:
        return LocateItem.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        return "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'item'}: {fault['msg']}" for fault in faults[:3]
        )


def _result(raw: Any, name: bytes, value: bytes) -> bytes:
    own = raw.get("id") if isinstance(raw, dict) else None
    own = own if isinstance(own, str | int) else None
    other = b"error" if name == b"answer" else b"answer"
    return b'{"id":%b,"%b":%b,"%b":null}' % (msgspec.json.encode(own), name, value, other)

"""Decode text that is UTF-8 or GB18030, and spot text that was decoded wrongly before."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["declared_codec", "decode_file", "decode_frame", "garbled", "garbled_faults"]

_LAST_WESTERN: Final = "\u2122"
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef]+")
#: Letters that nobody writes today: a short GB18030 text that happens to be UTF-8 has them.
_ODD: Final = re.compile(r"[\u0180-\u036f\u0460-\u048f\u0492-\u0530\u0700-\u07ff]")
_GB: Final = re.compile(r"(gb|cp936|936|54936|20936)", re.IGNORECASE)


def decode_file(data: bytes) -> tuple[str, str]:
    """Decode a whole file as UTF-8, else as GB18030; return the text and the encoding.

    Raises
    ------
    UnicodeDecodeError
        If it is neither; the error is that of the encoding which got further.

    Examples
    --------
    >>> decode_file("网格".encode("gb18030"))
    ('网格', 'gb18030')

    Two bytes of a GB18030 character may happen to be UTF-8; then odd letters tell.

    >>> "小学".encode("gb18030").decode("utf-8"), decode_file("小学".encode("gb18030"))
    ('Сѧ', ('小学', 'gb18030'))
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as utf8:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError as gb:
            raise max(utf8, gb, key=lambda error: error.start) from None
    if _ODD.search(text) and not _HAN.search(text):
        try:
            data.decode("gb2312")
        except UnicodeDecodeError:
            return text, "utf-8"
        return data.decode("gb18030"), "gb18030"
    return text, "utf-8"


def declared_codec(declared: str) -> str | None:
    """Map what a .cpg file says to a Python codec; None where it says nothing known.

    Examples
    --------
    >>> [declared_codec(text) for text in ("UTF-8", "936", "GBK", "88591", "?")]
    ['utf-8', 'gb18030', 'gb18030', 'iso8859-1', None]
    """
    name = declared.strip().strip("\x00")
    if not name:
        return None
    if _GB.match(name):
        return "gb18030"
    name = {"65001": "utf-8", "utf8": "utf-8", "88591": "iso8859-1"}.get(name.lower(), name)
    name = re.sub(r"^(ansi |oem )?(\d{3,4})$", r"cp\2", name, flags=re.IGNORECASE)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def decode_frame(
    frame: pd.DataFrame, *, layer: str, declared: str | None
) -> tuple[pd.DataFrame, list[Fault]]:
    """Decode text columns that were read byte by byte as Latin-1.

    Parameters
    ----------
    frame
        Table whose text columns hold one character per byte; index ``row``.
    layer
        Its name, for the faults.
    declared
        The codec the file declares, if any; without one UTF-8 is tried, then GB18030.
    """
    texts = [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name])]
    raw = {
        name: [v.encode("latin-1") if isinstance(v, str) else None for v in frame[name]]
        for name in texts
    }
    codec = declared or _fitting([b for column in raw.values() for b in column if b])
    faults: list[Fault] = []
    frame = frame.copy()
    for name, column in raw.items():
        values: list[str | None] = []
        for row, data in zip(frame.index, column, strict=True):
            value, fault = _decode_value(data, codec, layer=layer, row=int(row), column=str(name))
            values.append(value)
            faults += [fault] if fault else []
        frame[name] = pd.Series(values, index=frame.index, dtype="str")
    return frame, faults


def garbled(text: str) -> bool:
    """Tell whether a text shows that it was decoded with the wrong encoding.

    UTF-8 read as Latin-1 or as GBK can be turned back into Chinese text; real text cannot,
    but by rare chance.

    Examples
    --------
    >>> garbled("网格".encode().decode("latin-1")), garbled("缃戞牸"), garbled("网格 école")
    (True, True, False)
    """
    if "\ufffd" in text:
        return True
    if text.isascii():
        return False
    # Beyond their last character the Western code pages need not be tried.
    for codec in ("gbk",) if max(text) > _LAST_WESTERN else ("latin-1", "cp1252", "gbk"):
        try:
            back = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        foreign = "".join(char for char in back if not char.isascii())
        if foreign and _HAN.fullmatch(foreign):
            return True
    return False


def garbled_faults(frame: pd.DataFrame, *, layer: str, columns: Iterator[str]) -> Iterator[Fault]:
    """Report the rows of known text columns whose text is garbled."""
    for name in columns:
        if name not in frame.columns:
            continue
        for place, value in enumerate(frame[name].tolist()):
            if isinstance(value, str) and garbled(value):
                yield Fault(
                    layer,
                    "text is garbled: it was once decoded with the wrong encoding",
                    "export it again as UTF-8 (or GB18030, declared as such)",
                    row=int(frame.index[place]),
                    column=str(name),
                    value=value,
                    kind="garbled-text",
                )


def _fitting(values: list[bytes]) -> str:
    """Choose UTF-8 if every value is that, cut ends aside; else GB18030."""
    whole = []
    for data in values:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return "gb18030"
        else:
            whole.append(data)
    return decode_file(b"\n".join(whole))[1]


def _decode_value(
    data: bytes | None, codec: str, *, layer: str, row: int, column: str
) -> tuple[str | None, Fault | None]:
    if data is None:
        return None, None
    try:
        return data.decode(codec), None
    except UnicodeDecodeError as error:
        cut = error.end >= len(data) and error.start >= len(data) - 3 and len(data) > 3  # noqa: PLR2004
        if cut and error.reason in ("unexpected end of data", "incomplete multibyte sequence"):
            text = data[: error.start].decode(codec)
            fault = Fault(
                layer, "text was cut inside a character", "give the full text in another format",
                row=row, column=column, value=text, severity="warning", kind="cut-text",
            )  # fmt: skip
            return text, fault
    other = "gb18030" if codec != "gb18030" else "utf-8"
    try:
        text = data.decode(other)
        what = f"the file says {codec.upper()} but the text is {other.upper()}"
        remedy = f"write {other.upper()} into the .cpg file, or save the layer as UTF-8"
    except UnicodeDecodeError:
        text = data.decode("ascii", errors="backslashreplace")
        what = "text is neither UTF-8 nor GB18030"
        remedy = "export it again as UTF-8"
    fault = Fault(layer, what, remedy, row=row, column=column, value=text, kind="undecodable-text")
    return text, fault

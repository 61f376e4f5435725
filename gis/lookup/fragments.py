"""Keep many short texts, and the positions of many names, in files that are mapped, not read."""

from __future__ import annotations

import mmap
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Fragments", "Keys", "open_array"]


class Fragments:
    """Texts by position, in one file; processes that open it share its memory.

    Parameters
    ----------
    ends
        Where each text ends in `data`, behind a leading 0; shape (n + 1,).
    data
        All texts, one behind the other.

    Examples
    --------
    >>> texts = Fragments(np.array([0, 1, 3]), b"abc")
    >>> len(texts), texts[1]
    (2, b'bc')
    """

    __slots__ = ("_data", "_end", "_size")

    def __init__(self, ends: NDArray[np.int64], data: bytes | mmap.mmap) -> None:
        self._end = ends.item
        self._size = len(ends) - 1
        self._data = data

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, position: int) -> bytes:
        """Return one text; `position` is from 0 to the length."""
        return self._data[self._end(position) : self._end(position + 1)]

    @staticmethod
    def write(folder: Path, name: str, texts: Iterable[bytes]) -> None:
        """Write texts, one after the other, holding none but the one at hand."""
        ends, end = [0], 0
        with (folder / f"{name}.bin").open("wb") as file:
            for text in texts:
                end += file.write(text)
                ends.append(end)
        np.save(folder / f"{name}.npy", np.array(ends, dtype=np.int64))

    @classmethod
    def open(cls, folder: Path, name: str) -> Fragments:
        """Map what `write` wrote."""
        return cls(open_array(folder, name), _mapped(folder / f"{name}.bin"))


class Keys:
    """Positions by name: a search among 64-bit hashes, then one look at the name itself.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Keys.write(Path(folder), "codes", ["b", "a"])
    ...     keys = Keys.open(Path(folder), "codes")
    ...     keys.find("a"), keys.find("c"), keys.name(0)
    (1, -1, 'b')
    """

    __slots__ = ("_hashes", "_names", "_position")

    def __init__(self, hashes: NDArray[Any], positions: NDArray[Any], names: Fragments) -> None:
        self._hashes = hashes
        self._position = positions.item
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    def name(self, position: int) -> str:
        """Return the name at a position."""
        return self._names[position].decode()

    def find(self, name: str) -> int:
        """Return a name's position; -1 for none. Of equal names the first one is found."""
        wanted = name.encode()
        asked = np.uint64(_hash(wanted))
        at = int(self._hashes.searchsorted(asked))
        while at < len(self._hashes) and self._hashes[at] == asked:
            position = int(self._position(at))
            if self._names[position] == wanted:
                return position
            at += 1
        return -1

    @staticmethod
    def write(folder: Path, name: str, names: Iterable[str]) -> None:
        """Write names, whose positions are their order."""
        texts = [text.encode() for text in names]
        hashes = np.array([_hash(text) for text in texts], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        Fragments.write(folder, name, texts)
        np.save(folder / f"{name}_hashes.npy", hashes[order])
        np.save(folder / f"{name}_positions.npy", order.astype(np.int32))

    @classmethod
    def open(cls, folder: Path, name: str) -> Keys:
        """Map what `write` wrote."""
        hashes, positions = (
            open_array(folder, f"{name}_{part}") for part in ("hashes", "positions")
        )
        return cls(hashes, positions, Fragments.open(folder, name))


def open_array(folder: Path, name: str) -> NDArray[Any]:
    """Map an array that was saved; a plain view, since numpy's own class of maps is slow."""
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))


def _hash(name: bytes) -> int:
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")


def _mapped(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        if not file.seek(0, 2):
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

"""Write which Chinese characters look alike: ``python benchmarks/lookalikes.py FONT``.

Every character of GB 2312 is drawn and slightly blurred; two look alike where the pictures, or
their right, upper or lower parts, nearly agree. What is written are pairs of characters and no
part of a font.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

OUT = Path(__file__).parents[1] / "gis" / "lookup" / "data" / "lookalikes.txt"
SIDE = 36
#: A part of the picture, how well it must agree (cosine), and up to which rank of the likest.
PARTS = (
    (slice(None), slice(None), 0.44, 17),
    (slice(None), slice(15, None), 0.8, 12),
    (slice(None), slice(20, None), 0.84, 12),
    (slice(0, 19), slice(None), 0.75, 4),
    (slice(17, None), slice(None), 0.75, 4),
)


def characters() -> list[str]:
    """Return the Chinese characters of GB 2312."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return [mark for code in codes if (mark := code.decode("gb2312", errors="ignore"))]


def picture(mark: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    """Draw a character."""
    image = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(image).text((2, -5), mark, font=font, fill=255)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(1.0)), dtype=np.float32)


def alike(pictures: np.ndarray) -> np.ndarray:
    """Return which pictures look alike, as a symmetric table."""
    found = np.zeros((len(pictures), len(pictures)), dtype=bool)
    for rows, columns, least, rank in PARTS:
        part = pictures[:, rows, columns].reshape(len(pictures), -1)
        part = part - part.mean(axis=0)
        part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9)
        cosine = part @ part.T
        np.fill_diagonal(cosine, -1)
        bound = np.partition(cosine, -rank, axis=1)[:, -rank]
        found |= (cosine >= least) & ((cosine >= bound) | (cosine >= bound[:, None]))
    return found | found.T


def main() -> None:
    """Write one line a character: itself, then those later ones that look like it."""
    font = ImageFont.truetype(sys.argv[1], 32, index=2)
    marks = characters()
    found = alike(np.stack([picture(mark, font) for mark in marks]))
    later = np.triu(found)
    lines = [
        mark + "".join(marks[i] for i in np.flatnonzero(row))
        for mark, row in zip(marks, later, strict=True)
        if row.any()
    ]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

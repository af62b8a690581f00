"""QR codes of short addresses, to print and to show. Drawn here: no address of ours goes to a service for it."""

from __future__ import annotations

import io

CONTENT_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
QUIET_ZONE = 4  # modules of white around it, without which scanners give up (ISO/IEC 18004)
PIXELS = 1_000  # a PNG is at least this wide: 8 cm at 300 dots an inch


def draw(text: str, form: str) -> bytes:
    """The code of `text` as SVG or PNG. It still reads with 15 % of it covered or torn off."""
    import segno

    code = segno.make(text, error="m", micro=False)
    file = io.BytesIO()
    if form == "svg":
        code.save(
            file, kind="svg", border=QUIET_ZONE, scale=8, light="#fff", svgclass=None, lineclass=None, title="QR code"
        )
    else:
        width, _ = code.symbol_size(border=QUIET_ZONE)
        code.save(file, kind="png", border=QUIET_ZONE, scale=-(-PIXELS // width))
    return file.getvalue()

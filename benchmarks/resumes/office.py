"""Small word-processor files, written part by part: paragraphs, a header, a text box, a table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Lines = Iterable[tuple[str, str]]
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def _zip(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _paragraph(kind: str, text: str) -> str:
    style = (
        '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
        if kind == "h"
        else "<w:pPr><w:numPr/></w:pPr>"
        if kind == "li"
        else ""
    )
    runs = "<w:r><w:tab/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.split("\t")
    )
    return f"<w:p>{style}{runs}</w:p>"


def docx(
    lines: Lines, *, header: Lines = (), box: Lines = (), rows: Sequence[tuple[list[str], list[str]]] = ()
) -> bytes:
    body = ""
    if inside := "".join(_paragraph(*line) for line in box):
        body += f'<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>'
    body += "".join(_paragraph(*line) for line in lines)
    if rows:
        cells = "".join(
            "<w:tr>"
            + "".join(f"<w:tc>{''.join(_paragraph('p', text) for text in cell) or '<w:p/>'}</w:tc>" for cell in row)
            + "</w:tr>"
            for row in rows
        )
        body += f"<w:tbl>{cells}</w:tbl>"
    parts = {
        "[Content_Types].xml": TYPES,
        "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
    }
    if head := "".join(_paragraph(*line) for line in header):
        parts["word/header1.xml"] = f'<?xml version="1.0"?><w:hdr xmlns:w="{W}">{head}</w:hdr>'
    return _zip(parts)


def odt(lines: Lines) -> bytes:
    text = ""
    for kind, line in lines:
        inner = escape(line).replace("\t", "<text:tab/>")
        text += {
            "h": f"<text:h>{inner}</text:h>",
            "li": f"<text:list><text:list-item><text:p>{inner}</text:p></text:list-item></text:list>",
        }.get(kind, f"<text:p>{inner}</text:p>")
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        f' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>{text}</office:text></office:body></office:document-content>'
    )
    return _zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def rtf(lines: Lines) -> bytes:
    def coded(text: str) -> str:
        out = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}").replace("\t", "\\tab ")
        return "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in out)

    text = "\\par\n".join(
        ("\\bullet  " if kind == "li" else "\\b " if kind == "h" else "")
        + coded(line)
        + ("\\b0" if kind == "h" else "")
        for kind, line in lines
    )
    return ("{\\rtf1\\ansi\\uc1 " + text + "}").encode("ascii")

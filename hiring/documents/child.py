"""Read one untrusted file, alone in a process that may be killed at any time.

Run by `reader.py` as `python -I child.py <file> <kind> <job>` in an empty directory, with an empty environment, or forked
from the process of `warm.py`, which waits with the libraries loaded. It imports nothing of the product but what stands beside
it. What it finds goes to stdout, one JSON object a line, so that whatever came before a crash still counts; page images are
left as page-<n>.png in the directory. `words` says where each word stands on a page, in ten-thousandths of its width and
height. `job` is `read`, or `open` to find out only whether it opens.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

MAX_PAGES = 40
MAX_TEXT = 400_000
MAX_PART = 20 * 1024 * 1024
MAX_PART_RATIO = 200
MAX_IMAGE = 1024 * 1024
PAGE_WIDTH = 1000
LOST_SPACES = 0.02
LETTERS = re.compile(r"[\W_]+")
CAPITAL = re.compile(r"(?<=[^\W\d_])[A-Z\u00c0-\u00de]")
SOFT_HYPHEN = re.compile(r"\S*\ufffe\S*")
MAX_WORDS = 1_500  # of a page: a dense one has 900
GRID = 10_000

OUTSIDE_PARTS = ("attachedTemplate", "oleObject", "frame", "subDocument", "externalLink", "image", "package")
DDE = re.compile(r"\bDDE(AUTO)?\b")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
Blocks = list[tuple[str, str]]  # ("h" heading, "li" list item or "p" paragraph, text)
Box = tuple[int, int, int, int]  # left, top, width, height on the grid of a page


class Unreadable(Exception):
    """The text is the sentence for the recruiter."""


def confine() -> None:
    """Give up what reading a file does not need: memory, time, disk, open files, and the network where the system lets us."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(1, 9)  # die with the worker
        libc.unshare(0x10000000 | 0x40000000)  # new user and network namespace
        libc.mallopt(-3, 1 << 25)  # keep the memory of one page's picture for the next, rather than fetch it anew
        libc.mallopt(-1, 1 << 28)
    except (OSError, AttributeError):
        pass
    for limit, value in (
        (resource.RLIMIT_AS, 1 << 30),
        (resource.RLIMIT_CPU, 20),
        (resource.RLIMIT_FSIZE, MAX_IMAGE),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def beside(name: str) -> Any:
    """The module of this name in this folder. Nothing of the product is on the path of this process."""
    from importlib import util

    if name not in sys.modules:
        spec = util.spec_from_file_location(
            name, os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
        )
        assert spec and spec.loader  # noqa: S101 - it stands beside this file
        sys.modules[name] = util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def say(**found: Any) -> None:
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


def say_words(page: int, words: list[tuple[str, Box]]) -> None:
    """Where the words of a page stand, as many as the parent will take of one."""
    if words := words[:MAX_WORDS]:
        say(words=page, said=" ".join(word for word, _ in words), boxes=[edge for _, box in words for edge in box])


def clean(text: str) -> str:
    """One form for every letter, no control, zero-width or directional characters, no runs of blanks. Lines stay lines."""
    text = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n"))
    kept = (c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "" for c in text)
    lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(kept).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MAX_TEXT]


# PDF


def long_words(text: str) -> float:
    """The share of words that are longer than words are. Glued words are such; some of other languages too."""
    words = re.findall(r"\b[a-z]{6,}\b", text)
    return sum(len(word) > 14 for word in words) / len(words) if len(words) >= 20 else 0.0


def lost_spaces(text: str) -> bool:
    """PDFium glues words together in PDFs printed from HTML; long lower-case words are how it shows."""
    return long_words(text) > LOST_SPACES


def open_pdf(path: str) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        if len(document) == 0:
            raise Unreadable("The PDF has no pages.")
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("The PDF is protected by a password.") from None
        raise Unreadable("The PDF is damaged and could not be opened.") from None
    return document


def pypdf_text(path: str) -> str:
    import pypdf

    reader = pypdf.PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    return "\n\n".join(page.extract_text() for _, page in zip(range(MAX_PAGES), reader.pages, strict=False))


def page_text(page: Any) -> str:
    """What stands on a page, and nothing that stands beside it. PDFium asks in two ways: within bounds it glues lines of two
    sizes together more often; without, what lies outside the paper is there too. Where letters of two sizes still meet
    inside a word, the line is broken here."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    within, everything = text_page.get_text_bounded(), text_page.get_text_range()
    if LETTERS.sub("", within) != LETTERS.sub("", everything):
        return str(within)
    pieces, at = [], 0
    for match in islice(CAPITAL.finditer(everything), 3_000 if len(everything) == text_page.count_chars() else 0):
        here = match.start()
        one, other = (pdfium.FPDFText_GetFontSize(text_page, index) for index in (here - 1, here))
        if max(one, other) > 1.25 * min(one, other):
            pieces.append(everything[at:here])
            at = here
    text = "\n".join([*pieces, everything[at:]])
    return SOFT_HYPHEN.sub(lambda word: word.group().replace("\ufffe", "-" if "/" in word.group() else ""), text)


def read_pdf(path: str) -> None:
    document = open_pdf(path)
    count = min(len(document), MAX_PAGES)
    text = "\n\n".join(page_text(document[number]) for number in range(count))
    if lost_spaces(text):
        try:
            other = pypdf_text(path)
            text = other if long_words(other) < long_words(text) / 2 else text
        except Exception:  # noqa: S110 - glued words are better than none
            pass
    text = clean(text)
    say(text=text, page_count=len(document), scanned=len(text) < 50 * count)
    try:
        say(acts=beside("acting").pdf_acts(path))
    except Exception:
        say(acts=["something we could not look into"])  # fail closed: what was not understood is not handed out
    for number in range(count):
        page = document[number]
        width, height = page.get_size()
        scale = min(PAGE_WIDTH / max(width, 1), 3000 / max(height, 1), 4)
        grey = is_grey(page.render(scale=scale / 3).to_pil())
        save_page(number + 1, page.render(scale=scale, grayscale=grey).to_pil())
        say_words(number + 1, pdf_words(page))
        page.close()


def pdf_words(page: Any) -> list[tuple[str, Box]]:
    """The words of a page as PDFium sees them, each with its box on the upright page."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    letters, count = text_page.get_text_range(), text_page.count_chars()
    if len(letters) != count:  # beyond the first plane a letter is two units: ask one by one
        letters = "".join(chr(pdfium.FPDFText_GetUnicode(text_page, index) or 32) for index in range(count))
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_int(), ctypes.c_int()

    def corners(index: int) -> list[tuple[int, int]]:
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, rect):
            return []
        found = []
        for across, down in ((rect.left, rect.top), (rect.right, rect.bottom)):
            pdfium.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, across, down, x, y)
            found.append((min(max(x.value, 0), GRID), min(max(y.value, 0), GRID)))
        return found

    words = []
    for match in re.finditer(r"[^\s\x00-\x20\ufffe]+", letters):
        edges = corners(match.start()) + corners(match.end() - 1)
        if edges:
            left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
            right, bottom = max(edge[0] for edge in edges), max(edge[1] for edge in edges)
            words.append((match.group(), (left, top, right - left, bottom - top)))
    text_page.close()
    return words


def is_grey(image: Any) -> bool:
    """Whether a page has no colour worth keeping: many résumés are black on white, and a quarter of the work that way."""
    from PIL import ImageChops

    red, green, blue = image.convert("RGB").split()
    return not any(any(ImageChops.difference(red, other).histogram()[7:]) for other in (green, blue))


def save_page(number: int, image: Any) -> None:
    """Leave a page image that fits the limit on a file: grey or full colour where it can be, a palette where it must."""
    from io import BytesIO

    image = image if image.mode == "L" else image.convert("RGB")
    for make in (  # the smaller ones are dear, and only made when they are needed
        lambda: image,
        lambda: image.convert("RGB").quantize(64),
        lambda: image.convert("RGB").resize((600, max(1, image.height * 600 // image.width))).quantize(32),
    ):
        buffer, attempt = BytesIO(), make()
        attempt.save(buffer, "PNG", optimize=False, compress_level=3)
        if buffer.tell() < MAX_IMAGE:
            with open(f"page-{number}.png", "wb") as file:
                file.write(buffer.getvalue())
            say(page=number, width=attempt.width, height=attempt.height)
            return


# Word and OpenDocument: a reader of our own, because it sees text boxes, headers and tables, and unpacks only what it names


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, never more than it may be, whatever its header says."""
    info = archive.getinfo(name)
    limit = min(MAX_PART, max(info.compress_size, 1000) * MAX_PART_RATIO)
    with archive.open(info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Unreadable("The document unpacks into far more than a document holds.")
    return data


def tree(data: bytes) -> Any:
    from lxml import etree

    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise Unreadable("The document holds declarations that no document needs.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=False, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("The document is damaged.") from None


def docx_blocks(root: Any) -> Iterator[tuple[str, str]]:
    for paragraph in root.iter(W + "p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = (style.get(W + "val") or "").lower() if style is not None else ""
        listed = paragraph.find(f"{W}pPr/{W}numPr") is not None
        kind = "h" if name.startswith(("heading", "title", "titre")) else "li" if listed else "p"
        text = []
        for node in paragraph.iter(W + "t", W + "tab", W + "br", W + "noBreakHyphen"):
            owner = next(node.iterancestors(W + "p"))
            if owner is paragraph:  # a text box inside is a paragraph of its own
                text.append({W + "t": node.text or "", W + "noBreakHyphen": "-", W + "br": "\n"}.get(node.tag, "\t"))
        yield kind, "".join(text)


def read_docx(archive: zipfile.ZipFile) -> tuple[Blocks, list[str]]:
    names = archive.namelist()
    order = [*sorted(n for n in names if re.fullmatch(r"word/header\d*\.xml", n)), "word/document.xml"]
    order += sorted(n for n in names if re.fullmatch(r"word/(footer\d*|footnotes|endnotes)\.xml", n))
    blocks: Blocks = []
    acts: set[str] = set()
    seen: set[str] = set()
    for name in order:
        root = tree(part(archive, name))
        for choice in root.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"):
            choice.clear()  # the same text box once more, for old programs
        fields = [node.text or "" for node in root.iter(W + "instrText")]
        fields += [node.get(W + "instr") or "" for node in root.iter(W + "fldSimple")]
        if DDE.search(" ".join(fields)):
            acts.add("a command to start a program")
        here = list(docx_blocks(root))
        if name != "word/document.xml":  # the same header on every page counts once
            here = [block for block in here if block[1] not in seen]
            seen.update(text for _, text in here)
        blocks += here
    for name in (n for n in names if n.endswith(".rels")):
        for link in tree(part(archive, name)):
            if (link.get("TargetMode") or "").lower() == "external" and (link.get("Type") or "").endswith(
                OUTSIDE_PARTS
            ):
                acts.add("a part fetched from elsewhere")
    if any(name.lower().startswith(("word/embeddings/", "word/activex/")) for name in names):
        acts.add("an embedded object")
    return blocks, sorted(acts)


def odt_text(node: Any) -> str:
    text = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str):
            if child.tag in (ODF_TEXT + "s", ODF_TEXT + "tab"):
                text.append(" ")
            elif child.tag == ODF_TEXT + "line-break":
                text.append("\n")
            elif (
                child.tag not in (ODF_TEXT + "p", ODF_TEXT + "h")
                and next(child.iter(ODF_TEXT + "p", ODF_TEXT + "h"), None) is None
            ):
                text.append(odt_text(child))
        text.append(child.tail or "")
    return "".join(text)


def read_odt(archive: zipfile.ZipFile) -> tuple[Blocks, list[str]]:
    names = archive.namelist()
    blocks: Blocks = []
    acts: set[str] = set()
    for name in [n for n in ("styles.xml", "content.xml") if n in names]:
        root = tree(part(archive, name))
        for node in root.iter(ODF_TEXT + "h", ODF_TEXT + "p"):
            listed = next(node.iterancestors(ODF_TEXT + "list-item"), None) is not None
            blocks.append(("h" if node.tag == ODF_TEXT + "h" else "li" if listed else "p", odt_text(node)))
        if next(root.iter("{urn:oasis:names:tc:opendocument:xmlns:script:1.0}event-listener"), None) is not None:
            acts.add("a script")
        if next(root.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}dde-connection-decl"), None) is not None:
            acts.add("a command to start a program")
    if any(re.match(r"(Object |ObjectReplacements/|Scripts/)", name) for name in names):
        acts.add("an embedded object")
    return blocks, sorted(acts)


# Text


def read_rtf(data: bytes) -> tuple[Blocks, list[str]]:
    from striprtf.striprtf import rtf_to_text

    if len(data) > 5 * 1024 * 1024 or data.count(b"{") > 20_000:
        raise Unreadable("The document is more nested than a document should be.")
    source = data.decode("latin-1")
    acts = set()
    if re.search(r"\\(object|objdata|objocx)\b", source):
        acts.add("an embedded object")
    if re.search(r"\\\*?\\?fldinst[^}]{0,200}\bDDE", source):
        acts.add("a command to start a program")
    if re.search(r"\\\*\\template\b", source):
        acts.add("a part fetched from elsewhere")
    return [("p", line) for line in rtf_to_text(source, errors="ignore").split("\n")], sorted(acts)


def read_txt(data: bytes) -> tuple[Blocks, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return [("p", line) for line in text.split("\n")], []


def read_html(data: bytes) -> tuple[Blocks, list[str]]:
    found: tuple[Blocks, list[str]] = beside("saved_pages").read("\n".join(text for _, text in read_txt(data)[0]))
    return found


def read_words(path: str, kind: str) -> None:
    """Everything that is text rather than pages: say it, then draw it on plain pages so that it can be leafed through."""
    if kind in ("docx", "odt"):
        with zipfile.ZipFile(path) as archive:
            blocks, acts = (read_docx if kind == "docx" else read_odt)(archive)
    else:
        with open(path, "rb") as file:
            blocks, acts = {"rtf": read_rtf, "html": read_html}.get(kind, read_txt)(file.read())
    text = clean("\n".join(block for _, block in blocks))
    if not text:
        raise Unreadable("There is no text in the document.")
    say(text=text, page_count=0, scanned=False)
    say(acts=acts)
    draw(blocks)


def draw(blocks: Blocks) -> None:
    """Pages of the text, for a file that has none of its own. What draws them is loaded only then."""
    drawing = beside("drawing")
    number = 0
    for image, words in drawing.pages([(kind, clean(text)) for kind, text in blocks], MAX_PAGES):
        number += 1
        save_page(number, image)
        say_words(number, words)
    say(page_count=number)


def main() -> None:
    path, kind, job = sys.argv[1:4]
    confine()
    try:
        if job == "open":
            open_pdf(path)
            say(opens=True)
        elif kind == "pdf":
            read_pdf(path)
        else:
            read_words(path, kind)
        say(done=True)
    except Unreadable as error:
        say(problem=str(error))
    except MemoryError:
        say(problem="The file needs more memory than a document should.")
    except Exception:
        say(problem="The file is damaged and could not be read.")


if __name__ == "__main__":
    main()

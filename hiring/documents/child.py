"""Read one untrusted file, alone in a process that may be killed at any time.

Run by `reader.py` as `python -I child.py <file> <kind> <job>` in an empty directory, with an empty environment, or forked
from the process of `warm.py`, which waits with the libraries loaded. It imports nothing of the product but what stands beside
it. What it finds goes to stdout, one JSON object a line, so that whatever came before a crash still counts; page images are
left as page-<n>.png in the directory. `words` says where each word stands on a page, in ten-thousandths of its width and
height. `job` is `read`, `open` to find out only whether it opens, or `recognise` for the text of a scan.
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
from collections.abc import Sequence
from itertools import islice
from typing import Any

MAX_PAGES = 40
MAX_TEXT = 400_000
MAX_UNSEEN = 50_000
MAX_PART = 20 * 1024 * 1024
MAX_PART_RATIO = 200
MAX_IMAGE = 1024 * 1024
PAGE_WIDTH = 1000
LOST_SPACES = 0.02
LETTERS = re.compile(r"[\W_]+")
CAPITAL = re.compile(r"(?<=[^\W\d_])[A-Z\u00c0-\u00de]")
SOFT_HYPHEN = re.compile(r"\S*\ufffe\S*")
NO_LETTER = re.compile("(?<=[^\\W\\d_])[\u00a1-\u00bf\ufffd]|[\u00a1-\u00bf\ufffd](?=[^\\W\\d_])")
MAX_WORDS = 1_500  # of a page: a dense one has 900
GRID = 10_000

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


def is_garbled(text: str) -> bool:
    """Whether these are numbers of glyphs rather than letters: hardly a vowel in a Latin text, or signs no text has."""
    plain = unicodedata.normalize("NFKD", text[:20_000]).lower()
    latin = [sign for sign in plain if "a" <= sign <= "z"]
    strange = sum(
        unicodedata.category(sign) in ("Cn", "Co", "Cc") or sign == "\ufffd" for sign in plain if not sign.isspace()
    )
    if strange * 8 > len(plain):
        return True
    return len(latin) > 150 and sum(sign in "aeiouy" for sign in latin) < 0.2 * len(latin)


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


def page_text(page: Any, unseen: Sequence[tuple[int, int]] = ()) -> str:
    """What stands on a page, and nothing that stands beside it. PDFium asks in two ways: within bounds it glues lines of two
    sizes together more often; without, what lies outside the paper is there too. Where letters of two sizes still meet
    inside a word, the line is broken here. Left out are the ranges of letters that are `unseen`."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    within, everything = text_page.get_text_bounded(), text_page.get_text_range()
    if unseen:
        everything = letters_of(text_page)
        for start, end in unseen:
            everything = everything[:start] + " " * (end - start) + everything[end:]
    elif LETTERS.sub("", within) != LETTERS.sub("", everything):
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


def letters_of(text_page: Any) -> str:
    """The letters of a page, one for each that PDFium counts."""
    import pypdfium2.raw as pdfium

    letters, count = text_page.get_text_range(), text_page.count_chars()
    if len(letters) != count:  # beyond the first plane a letter is two units: ask one by one
        letters = "".join(chr(pdfium.FPDFText_GetUnicode(text_page, index) or 32) for index in range(count))
    return str(letters)


def read_pdf(path: str) -> None:
    document = open_pdf(path)
    count = min(len(document), MAX_PAGES)
    texts = [page_text(document[number]) for number in range(count)]
    text, other = "\n\n".join(texts), None
    if lost_spaces(text):
        try:
            other = pypdf_text(path)
            other = other if long_words(other) < long_words(text) / 2 else None
        except Exception:  # noqa: S110 - glued words are better than none
            pass
    text = clean(other or text)
    say(text=text, page_count=len(document), scanned=len(text) < 50 * count, garbled=is_garbled(text))
    try:
        say(acts=beside("acting").pdf_acts(path))
    except Exception:
        say(acts=["something we could not look into"])  # fail closed: what was not understood is not handed out
    runs: list[str] = []
    reasons: dict[str, int] = {}
    for number in range(count):
        page = document[number]
        width, height = page.get_size()
        scale = min(PAGE_WIDTH / max(width, 1), 3000 / max(height, 1), 4)
        grey = is_grey(page.render(scale=scale / 3).to_pil())
        picture = page.render(scale=scale, grayscale=grey).to_pil()
        save_page(number + 1, picture)
        words = pdf_words(page)
        text_page = page.get_textpage()
        unseen = beside("unseen").of_page(page, text_page, words, picture)
        say_words(number + 1, [(word.text, word.box) for index, word in enumerate(words) if index not in unseen])
        if unseen:
            texts[number] = page_text(page, [(words[index].start, words[index].end) for index in unseen])
            for index, why in unseen.items():
                reasons[why] = reasons.get(why, 0) + 1
                runs += [] if index - 1 in unseen and runs else [""]
                runs[-1] = f"{runs[-1]} {words[index].text}".strip()
        text_page.close()
        page.close()
    if runs:
        say_unseen("\n".join(runs), reasons)
        plain = beside("unseen").without(other, runs) if other else None
        say(text=clean("\n\n".join(texts) if plain is None else plain))


def recognise(path: str) -> None:
    """The text of a scan, said anew with each page: what was recognised before the time was over still counts."""
    texts: list[str] = []
    for number, text, words in beside("scans").pages(open_pdf(path)):
        texts.append(text)
        say(text=clean("\n\n".join(texts)))
        say_words(number, words)


def say_unseen(text: str, reasons: dict[str, int]) -> None:
    """What the file says and nobody sees, and in which ways, the most used first."""
    say(unseen=clean(text)[:MAX_UNSEEN], ways=sorted(reasons, key=lambda why: -reasons[why]))


def pdf_words(page: Any) -> list[Any]:
    """The words of a page as PDFium sees them, each with its box on the upright page (`unseen.Seen`)."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    letters = letters_of(text_page)
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_int(), ctypes.c_int()

    def corners(index: int) -> list[tuple[int, int]]:
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, rect):
            return []
        found = []
        for across, down in ((rect.left, rect.top), (rect.right, rect.bottom)):
            pdfium.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, across, down, x, y)
            found.append((x.value, y.value))
        return found

    words, seen = [], beside("unseen").Seen
    for match in re.finditer(r"[^\s\x00-\x20\ufffe]+", letters):
        edges = corners(match.start()) + corners(match.end() - 1)
        if edges:
            across, down = [edge[0] for edge in edges], [edge[1] for edge in edges]
            words.append(seen(match.group(), *match.span(), min(across), min(down), max(across), max(down)))
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


# Word and OpenDocument: a reader of our own (office.py), because it unpacks only what it names


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


# Text


def read_txt(data: bytes) -> tuple[Blocks, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        text = "\n".join(map(decoded, data.removeprefix(b"\xef\xbb\xbf").split(b"\n")))
    return [("p", line) for line in text.split("\n")], []


def decoded(line: bytes) -> str:
    """A line by itself: texts are pasted together from programs that do not agree."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        western, central = line.decode("cp1252", "replace"), line.decode("cp1250", "replace")
        return central if len(NO_LETTER.findall(western)) > len(NO_LETTER.findall(central)) else western


def read_words(path: str, kind: str) -> None:
    """Everything that is text rather than pages: say it, then draw it on plain pages so that it can be leafed through."""
    unseen, reasons = "", {}
    if kind in ("docx", "odt"):
        with zipfile.ZipFile(path) as archive:
            office = beside("office")
            names = archive.namelist()

            def parsed(name: str) -> Any:
                return tree(part(archive, name))

            if kind == "docx":
                blocks, acts, hidden = office.read_docx(
                    names, parsed, lambda name: part(archive, name), beside("grounds")
                )
            else:
                blocks, acts, hidden = office.read_odt(names, parsed)
            unseen, reasons = "\n".join(hidden.text), hidden.reasons
    else:
        with open(path, "rb") as file:
            data = file.read()
        if kind == "rtf":
            rich_text = beside("rich_text")
            try:
                blocks, acts, unseen, reasons = rich_text.read(data)
            except rich_text.TooNested:
                raise Unreadable("The document is more nested than a document should be.") from None
        elif kind == "html":
            source = "\n".join(text for _, text in read_txt(data)[0])
            blocks, acts, unseen, reasons = beside("saved_pages").read(source, beside("page_styles"))
        else:
            blocks, acts = read_txt(data)
    text = clean("\n".join(block for _, block in blocks))
    if unseen.strip():
        say_unseen(unseen, reasons)
    say(acts=acts)
    if not text:
        raise Unreadable("There is no text in the document.")
    say(text=text, page_count=0, scanned=False)
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
        elif job == "recognise":
            recognise(path)
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

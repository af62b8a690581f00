"""Résumés as people send them: four PDF layouts and two DOCX ones, from a short made-up life."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from demo.words import EMPLOYERS, SCHOOLS, Trade


@dataclass(frozen=True)
class Post:
    title: str
    employer: str
    start: dt.date
    end: dt.date | None
    did: list[str]


@dataclass(frozen=True)
class Life:
    """What a résumé says. Newest post first."""

    name: str
    email: str
    phone: str
    city: str
    link: str
    summary: str
    posts: list[Post]
    school: str
    degree: str
    graduated: int
    skills: list[str]
    languages: list[str]


def invent(
    chance: random.Random, trade: Trade, *, name: str, email: str, phone: str, city: str, today: dt.date
) -> Life:
    """A plausible life in a trade: two to four posts without gaps that need explaining."""
    level = chance.randint(1, len(trade.titles) - 1)
    count = chance.randint(2, min(4, level + 2))
    end: dt.date | None = None
    started = today - dt.timedelta(days=chance.randint(250, 1500))
    posts, employers = [], chance.sample(EMPLOYERS, count)
    for number in range(count):
        title = trade.titles[max(level - number, 0)]
        posts.append(
            Post(title, employers[number], started, end, chance.sample(trade.duties, k=min(3, len(trade.duties))))
        )
        end = started - dt.timedelta(days=chance.randint(5, 60))
        started = end - dt.timedelta(days=chance.randint(400, 1500))
    skills = chance.sample(trade.skills, k=min(len(trade.skills), chance.randint(5, 9)))
    years = today.year - posts[-1].start.year
    return Life(
        name=name,
        email=email,
        phone=phone,
        city=city,
        link=f"https://profiles.example/{email.split(chr(64))[0].replace(chr(46), chr(45))}",
        summary=f"{posts[0].title} with {years} years of experience, most of them around {skills[0]} and {skills[1]}.",
        posts=posts,
        school=chance.choice(SCHOOLS),
        degree=trade.degree,
        graduated=posts[-1].start.year,
        skills=skills,
        languages=chance.sample(
            [
                "French (native)",
                "English (fluent)",
                "Portuguese (good)",
                "German (good)",
                "Polish (native)",
                "Arabic (native)",
            ],
            k=2,
        ),
    )


def months(post: Post) -> str:
    end = f"{post.end:%b %Y}" if post.end else "today"
    return f"{post.start:%b %Y} – {end}"


def file_of(life: Life, chance: random.Random) -> tuple[str, bytes]:
    """File name and bytes: three in four are PDFs."""
    stem = life.name.replace(" ", "_")
    if chance.random() < 0.25:
        return f"{stem}_CV.docx", docx(life, table=chance.random() < 0.5)
    return f"{stem}_CV.pdf", pdf(life, chance.choice(["classic", "sidebar", "dense", "modern"]))


# --- PDF -------------------------------------------------------------------------------------------------------

PLAIN = ("Helvetica", "Helvetica-Bold")
_FONTS: list[str] = []


def _fonts(text: str) -> tuple[str, str]:
    """A viewer's own typeface where that has every letter, as word processors of old did it, and quick to write. Else one
    that knows ł, ğ and č: reportlab's own Vera, which ships with it, or DejaVu where the system has it."""
    if _is_western(text):
        return PLAIN
    if not _FONTS:
        import pathlib

        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        system = pathlib.Path("/usr/share/fonts/truetype/dejavu")
        pair = (
            ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
            if (system / "DejaVuSans.ttf").exists()
            else ("Vera.ttf", "VeraBd.ttf")
        )
        for name, file in zip(("Resume", "Resume-Bold"), pair, strict=True):
            path = system / file
            pdfmetrics.registerFont(TTFont(name, str(path) if path.exists() else file))
        _FONTS.extend(("Resume", "Resume-Bold"))
    return _FONTS[0], _FONTS[1]


def _is_western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


class _Page:
    """A column of text on an A4 page that breaks when it is full."""

    def __init__(self, canvas: Any, fonts: tuple[str, str], left: float, width: float, top: float = 790) -> None:
        self.canvas, self.fonts, self.left, self.width, self.y = canvas, fonts, left, width, top

    def write(
        self, text: str, size: float = 9.5, *, bold: bool = False, after: float = 3, color: str = "#222222"
    ) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.utils import simpleSplit

        font = self.fonts[bold]
        self.canvas.setFillColor(HexColor(color))
        for line in simpleSplit(text, font, size, self.width):
            if self.y < 50:
                self.canvas.showPage()
                self.y = 790
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.left, self.y, line)
            self.y -= size * 1.35
        self.y -= after

    def heading(self, text: str, color: str = "#1f3f8f") -> None:
        self.y -= 6
        self.write(text, 11, bold=True, color=color)


def pdf(life: Life, layout: str) -> bytes:
    """A one or two page PDF in the given layout: classic, sidebar (two columns), dense or modern."""
    from reportlab.lib.colors import HexColor
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.setTitle(f"{life.name}, curriculum vitae")
    fonts = _fonts(repr(life))
    if layout == "sidebar":
        canvas.setFillColor(HexColor("#eef1f6"))
        canvas.rect(0, 0, 190, 842, stroke=0, fill=1)
        side, main = _Page(canvas, fonts, 28, 145), _Page(canvas, fonts, 215, 345)
        side.write(life.name, 15, bold=True, after=8)
        for line in (life.email, life.phone, life.city, life.link):
            side.write(line, 8)
        side.heading("Skills")
        for skill in life.skills:
            side.write(skill, 9, after=1)
        side.heading("Languages")
        for language in life.languages:
            side.write(language, 9, after=1)
        main.heading("Profile")
        main.write(life.summary)
        _posts(main, life)
        _education(main, life)
    else:
        page = _Page(canvas, fonts, 56, 480)
        page.write(
            life.name,
            20 if layout == "modern" else 16,
            bold=True,
            after=4,
            color="#1f3f8f" if layout == "modern" else "#111111",
        )
        page.write(f"{life.city}  |  {life.email}  |  {life.phone}", 9)
        page.write(life.link, 9, after=6)
        if layout != "dense":
            page.heading("Profile")
            page.write(life.summary)
        if layout == "modern":
            page.heading("Skills")
            page.write(", ".join(life.skills))
        _posts(page, life, size=8.5 if layout == "dense" else 9.5)
        _education(page, life)
        if layout != "modern":
            page.heading("Skills")
            page.write(", ".join(life.skills))
        page.heading("Languages")
        page.write(", ".join(life.languages))
    canvas.save()
    return out.getvalue()


def _posts(page: _Page, life: Life, size: float = 9.5) -> None:
    page.heading("Experience")
    for post in life.posts:
        page.write(f"{post.title}, {post.employer}", size + 0.5, bold=True, after=1)
        page.write(months(post), size - 1, after=2, color="#666666")
        for duty in post.did:
            page.write(f"• {duty}", size, after=1)
        page.y -= 4


def _education(page: _Page, life: Life) -> None:
    page.heading("Education")
    page.write(f"{life.degree}, {life.school}, {life.graduated}")


# --- DOCX ------------------------------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def _p(text: str, *, bold: bool = False) -> str:
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p><w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def docx(life: Life, *, table: bool) -> bytes:
    """A Word file, with the contact details in a table or in lines."""
    contact = [life.email, life.phone, life.city, life.link]
    if table:
        cells = "".join(f"<w:tc><w:tcPr/>{_p(text)}</w:tc>" for text in contact[:2])
        head = f"<w:tbl><w:tblPr/><w:tr>{cells}</w:tr></w:tbl>" + "".join(_p(text) for text in contact[2:])
    else:
        head = "".join(_p(text) for text in contact)
    body = [_p(life.name, bold=True), head, _p("Profile", bold=True), _p(life.summary), _p("Experience", bold=True)]
    for post in life.posts:
        body += [
            _p(f"{post.title}, {post.employer}", bold=True),
            _p(months(post)),
            *(_p(f"• {duty}") for duty in post.did),
        ]
    body += [_p("Education", bold=True), _p(f"{life.degree}, {life.school}, {life.graduated}")]
    body += [
        _p("Skills", bold=True),
        _p(", ".join(life.skills)),
        _p("Languages", bold=True),
        _p(", ".join(life.languages)),
    ]
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>{"".join(body)}</w:body></w:document>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("word/document.xml", document)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()

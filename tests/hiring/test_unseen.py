"""Text that a file hides from the eye: found while it is read, and kept apart from everything it could sway (AI-5)."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from hiring import documents, search
from hiring.documents import reader, reading
from hiring.models import CandidateSearch, Document, ParsedProfile
from tests import files
from tests.factories import CandidateFactory

HIDDEN = "Harvard Stanford kubernetes blockchain quantum"
PAGE = """<html lang=en><style>@page{{size:A4}} .dark{{background:#123;color:white;padding:8px}}</style><body>
<p class=dark>Samira Rahimi, white on dark</p><p>samira@rahimi.example</p>
<p>Senior data engineer at Quill Bank in Paris since 2021, with Python and streams.</p>
<p style="color:#999;font-size:8px">Small print in light grey that can still be read</p>{}</body></html>"""
PICTURE = files.stream(
    bytes(number * 37 % 251 for number in range(300 * 100)),
    entries=b"/Type /XObject /Subtype /Image /Width 300 /Height 100 /ColorSpace /DeviceGray /BitsPerComponent 8",
)
LINE = b"BT /F1 12 Tf 60 700 Td (Samira Rahimi, data engineer in Paris, samira@rahimi.example, eight years) Tj ET "
SECOND = b"(%s) Tj ET " % HIDDEN.encode()
OVER_IT = b"q 300 0 0 100 50 560 cm /I Do Q "


def printed(style: str) -> bytes:
    from weasyprint import HTML

    made: bytes = HTML(string=PAGE.format(f"<p style='{style}'>{HIDDEN}</p>" if style else "")).write_pdf()
    return made


def drawn(content: bytes) -> bytes:
    return files.page_pdf(files.stream(content), resources=b"/XObject << /I 6 0 R >>", more=(PICTURE,))


@pytest.mark.parametrize(
    ("data", "way"),
    [
        (lambda: printed("color:white"), "in the colour of the page"),
        (lambda: printed("color:#fbfbfb"), "in the colour of the page"),
        (lambda: printed("opacity:0.01"), "in the colour of the page"),
        (lambda: printed("font-size:1px"), "in letters too small to read"),
        (lambda: printed("position:absolute;left:-400cm;width:20cm"), "beside the page"),
        (lambda: drawn(LINE + b"BT 3 Tr /F1 12 Tf 60 600 Td " + SECOND), "in invisible letters"),
        (lambda: drawn(LINE + b"BT /F1 12 Tf 60 -600 Td " + SECOND), "beside the page"),
        (lambda: drawn(LINE + b"BT /F1 12 Tf 0.05 0 0 0.05 60 600 Tm " + SECOND), "in letters too small to read"),
        (lambda: drawn(LINE + b"BT /F1 12 Tf 60 600 Td " + SECOND + OVER_IT), "under a picture"),
    ],
)
def test_what_a_pdf_hides_is_no_part_of_its_text(data, way):
    found = reader.read(data(), "pdf")

    assert (found.unseen, found.ways) == (HIDDEN, [way])
    assert "Samira Rahimi" in found.text and "Harvard" not in found.text
    assert all("Harvard" not in found.text[start:end] for start, end, *_ in found.words)


@pytest.mark.parametrize(
    "data",
    [
        lambda: printed(""),
        lambda: drawn(LINE + OVER_IT + b"BT /F1 12 Tf 60 600 Td " + SECOND),  # on a picture
        lambda: drawn(b"q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F1 12 Tf 60 600 Td " + SECOND),  # a scan that was read
    ],
)
def test_what_can_be_seen_is_text(data):
    found = reader.read(data(), "pdf")

    assert (found.unseen, found.ways) == ("", [])
    assert "Samira Rahimi" in found.text or "Harvard" in found.text


def word(body: str, styles: str = "") -> bytes:
    spaces = (
        f'xmlns:w="{files.W}" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    first = "<w:p><w:r><w:t>Samira Rahimi, engineer</w:t></w:r></w:p>"
    parts = {
        "[Content_Types].xml": files.DOCX_TYPES,
        "word/document.xml": f"<w:document {spaces}><w:body>{first}{body}</w:body></w:document>".encode(),
        "word/styles.xml": f"<w:styles {spaces}>{styles}</w:styles>".encode(),
    }
    return files.zipped(parts)


def run(looks: str, paragraph: str = "") -> str:
    return f"<w:p>{paragraph}<w:r><w:rPr>{looks}</w:rPr><w:t>{HIDDEN}</w:t></w:r></w:p>"


WHITE = '<w:color w:val="FFFFFF"/>'
BOX = "<w:p><w:r><w:drawing><wp:anchor{}><wps:wsp>{}</wps:wsp></wp:anchor></w:drawing></w:r></w:p>"
DARK = '<wps:spPr><a:solidFill><a:srgbClr val="112233"/></a:solidFill></wps:spPr>'
FAR_BOX = (
    "<w:p><w:r><w:drawing><wp:anchor><wp:positionH><wp:posOffset>-90000000</wp:posOffset></wp:positionH>"
    f"<wps:wsp><wps:txbx><w:txbxContent>{run('')}</w:txbxContent></wps:txbx></wps:wsp></wp:anchor></w:drawing></w:r></w:p>"
)
CELL = "<w:tbl>{}<w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("data", "way"),
    [
        (word(run("<w:vanish/>")), "in letters set to be hidden"),
        (word(run(WHITE)), "in the colour of the page"),
        (word(run('<w:color w:val="auto" w:themeColor="background1"/>')), "in the colour of the page"),
        (word(CELL.format("", f'<w:tcPr><w:shd w:fill="FFFFFF"/></w:tcPr>{run(WHITE)}')), "in the colour of the page"),
        (word(run('<w:sz w:val="2"/>')), "in letters too small to read"),
        (word(FAR_BOX), "beside the page"),
        (
            word(
                run("", '<w:pPr><w:pStyle w:val="Ghost"/></w:pPr>'),
                f'<w:style w:styleId="Pale"><w:rPr>{WHITE}</w:rPr></w:style>'
                '<w:style w:styleId="Ghost"><w:basedOn w:val="Pale"/></w:style>',
            ),
            "in the colour of the page",
        ),
    ],
)
def test_what_a_word_file_hides_is_no_part_of_its_text(data, way):
    found = reader.read(data, "docx")

    assert (found.unseen, found.ways, found.text) == (HIDDEN, [way], "Samira Rahimi, engineer")


@pytest.mark.parametrize(
    "data",
    [
        word(run('<w:vanish w:val="0"/>')),
        word(run(WHITE, '<w:pPr><w:shd w:val="clear" w:fill="1F3864"/></w:pPr>')),
        word(CELL.format("", f'<w:tcPr><w:shd w:fill="1F3864"/></w:tcPr>{run(WHITE)}')),
        word(
            CELL.format('<w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr>', run(WHITE)),
            '<w:style w:styleId="Grid"><w:tblStylePr><w:tcPr><w:shd w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style>',
        ),
        word(BOX.format(' behindDoc="1"', DARK) + run(WHITE)),
        word(BOX.format("", f"{DARK}<wps:txbx><w:txbxContent>{run(WHITE)}</w:txbxContent></wps:txbx>")),
    ],
)
def test_white_words_on_a_colour_are_text(data):
    found = reader.read(data, "docx")

    assert found.unseen == "" and HIDDEN in found.text


def behind(picture: bytes, *, wide: int, tall: int, around: str) -> bytes:
    """A Word file with a picture behind its words, sizes in shares of a hundred of a page of A4."""
    anchor = (
        f'<w:p><w:r><w:drawing><wp:anchor behindDoc="1"><wp:extent cx="{75_600 * wide}" cy="{106_920 * tall}"/>'
        '<a:graphic><a:blip r:embed="rId1"/></a:graphic></wp:anchor></w:drawing></w:r></w:p>'
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/one.png"/>'
        "</Relationships>"
    )
    spaces = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    data = word(around.replace("{picture}", anchor))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:document ", f"<w:document {spaces}".encode())
    return files.zipped(parts | {"word/_rels/document.xml.rels": links.encode(), "word/media/one.png": picture})


def picture_of(colour: str) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGBA", (60, 40), colour).save(made, "png")
    return made.getvalue()


def lines(*texts: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


WHITE_LINE = run(WHITE)
MANY = "".join(run(WHITE) for _ in range(40))


@pytest.mark.parametrize(
    ("picture", "wide", "tall", "around", "is_seen"),
    [
        ("#123456", 100, 100, f"{lines('Jobs')}{WHITE_LINE}{{picture}}", True),  # a page of colour
        ("#123456", 100, 15, f"{{picture}}{WHITE_LINE}{lines('Jobs')}", True),  # a banner with a name on it
        (
            "#123456",
            30,
            100,
            f"{{picture}}{lines('Jobs')}{CELL.format('', WHITE_LINE)}",
            True,
        ),  # a bar with a cell on it
        ("#123456", 100, 15, f"{{picture}}{lines('Jobs', 'More')}{WHITE_LINE}", False),  # far below a banner
        ("#123456", 20, 5, f"{lines('Jobs')}{{picture}}{lines('Other')}{WHITE_LINE}", False),  # a small sign elsewhere
        ("#fdfdfd", 100, 100, f"{{picture}}{WHITE_LINE}", False),  # a picture as light as the paper
        ("#12345600", 100, 100, f"{{picture}}{WHITE_LINE}", False),  # and one that can be looked through
        ("#123456", 30, 100, f"{{picture}}{lines('Jobs')}{WHITE_LINE}", False),  # beside the bar
    ],
)
def test_white_words_are_seen_on_a_picture_behind_them_and_nowhere_else(picture, wide, tall, around, is_seen):
    found = reader.read(behind(picture_of(picture), wide=wide, tall=tall, around=around), "docx")

    assert (HIDDEN in found.text, found.unseen == HIDDEN) == (is_seen, not is_seen)
    assert found.ways == ([] if is_seen else ["in the colour of the page"])


def test_a_banner_has_room_for_so_many_words_and_no_more():
    found = reader.read(behind(picture_of("#123456"), wide=100, tall=4, around="{picture}" + MANY), "docx")

    assert HIDDEN in found.text and HIDDEN in found.unseen


WEB = """<html><head><title>CV</title><style>
.dark{{background:#123;color:white}} .gone{{display:none}} #far{{position:absolute;left:-9999px}} .pale p{{color:#fefefe}}
@media print{{p{{display:none}}}} .note{{font-size:9px;color:#777}} .tiny{{font-size:.05em}}
</style></head><body><div class=dark><h1>Samira Rahimi</h1></div><p>samira@rahimi.example</p><p class=note>Small print</p>{}</body>
</html>"""


@pytest.mark.parametrize(
    ("part", "way"),
    [
        ("<p style='display:none'>{}</p>", "in letters set to be hidden"),
        ("<div class=gone><p>{}</p></div>", "in letters set to be hidden"),
        ("<p hidden>{}</p>", "in letters set to be hidden"),
        ("<div style='visibility: hidden'><b>{}</b></div>", "in letters set to be hidden"),
        ("<div style='height:0;overflow:hidden'>{}</div>", "in letters set to be hidden"),
        ("<p style='font-size:0'>{}</p>", "in letters too small to read"),
        ("<p><span class=tiny>{}</span></p>", "in letters too small to read"),
        ("<p style='color:#FFF !important'>{}</p>", "in the colour of the page"),
        ("<div class=pale><p>{}</p></div>", "in the colour of the page"),
        ("<font color=white>{}</font>", "in the colour of the page"),
        ("<div style='background:#123456;color:rgb(18,52,86)'>{}</div>", "in the colour of the page"),
        ("<p style='color:rgba(0,0,0,.01)'>{}</p>", "in invisible letters"),
        ("<p style='opacity:0'>{}</p>", "in invisible letters"),
        ("<div id=far>{}</div>", "beside the page"),
        ("<p style='text-indent:-999em'>{}</p>", "beside the page"),
    ],
)
def test_what_a_web_page_hides_is_no_part_of_its_text(part, way):
    found = reader.read(WEB.format(part.format(HIDDEN)).encode(), "html")

    assert (found.unseen, found.ways) == (HIDDEN, [way])
    assert found.text == "Samira Rahimi\nsamira@rahimi.example\nSmall print"


@pytest.mark.parametrize(
    "part",
    [
        "<p>{}</p>",
        "<div class=dark><p>{}</p></div>",
        "<div style='color:white'><p style='background-color:navy'>{}</p></div>",
        "<div style='background:linear-gradient(red,blue);color:white'>{}</div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>{}</p></div>",
        "<p style='font:bold 11px/1.4 serif;opacity:.8;left:0;position:relative'>{}</p>",
        "<div class='pale dark'><p style='color:#eee'>{}</p></div>",
        "<p style='color:nonsense;font-size:huge;left:x'>{}</p>",
    ],
)
def test_what_a_web_page_shows_is_text(part):
    found = reader.read(WEB.format(part.format(HIDDEN)).encode(), "html")

    assert found.unseen == "" and HIDDEN in found.text


def test_an_opendocument_hides_by_its_styles():
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
        ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    )
    styles = (
        '<style:style style:name="T1"><style:text-properties fo:color="#ffffff"/></style:style>'
        '<style:style style:name="T2"><style:text-properties text:display="none"/></style:style>'
    )
    body = (
        "<text:p>Samira Rahimi <text:span text:style-name='T1'>Harvard</text:span> engineer"
        " <text:span text:style-name='T2'>blockchain</text:span></text:p>"
    )
    content = f"<office:document-content {spaces}>{styles}{body}</office:document-content>".encode()

    found = reader.read(files.zipped({"content.xml": content}), "odt")

    assert found.unseen.split() == ["Harvard", "blockchain"]
    assert found.text == "Samira Rahimi engineer"


@pytest.mark.parametrize(
    ("marks", "way"),
    [
        (r"\v ", "in letters set to be hidden"),
        (r"\cf2 ", "in the colour of the page"),
        (r"\fs2 ", "in letters too small to read"),
    ],
)
def test_a_rich_text_hides_by_its_marks(marks, way):
    source = r"{\rtf1{\colortbl;\red10\green10\blue10;\red255\green255\blue255;}{\stylesheet{\s1\v Ghost;}}Samira \cf1 Rahimi"
    plain = reader.read((source + r"{\v0 , engineer}}").encode(), "rtf")
    found = reader.read((source + "{" + marks + HIDDEN + "}, engineer}").encode(), "rtf")
    shaded = reader.read((source + r"{\chcbpat1\cf2 " + HIDDEN + "}, engineer}").encode(), "rtf")

    assert (plain.unseen, plain.text) == ("", "Samira Rahimi, engineer")
    assert (found.unseen, found.ways, found.text) == (HIDDEN, [way], "Samira Rahimi, engineer")
    assert shaded.unseen == ""


def test_hidden_words_sway_neither_search_nor_profile_and_the_page_says_so(
    client, recruiter, django_capture_on_commit_callbacks
):
    candidate = CandidateFactory()
    with django_capture_on_commit_callbacks(execute=True):
        document = documents.store(candidate, ContentFile(printed("color:white"), name="cv.pdf"), "resume")
        reading.read(document.pk)
    document = Document.objects.get()
    profile = str(ParsedProfile.objects.get().profile)
    client.force_login(recruiter)

    page = client.get(reverse("candidate_resume", args=[candidate.pk])).content.decode()

    assert document.hides == "5 words in the colour of the page"
    assert document.extracted.unseen == HIDDEN
    assert "Python" in profile and "ubernetes" not in profile
    search.refresh([candidate.pk])
    assert "kubernet" not in str(CandidateSearch.objects.get().tsv)
    assert "This file hides text from the eye:" in page and "5 words in the colour of the page" in page
    assert page.count(HIDDEN) == 1  # to be looked at, in its own place

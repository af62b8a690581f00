"""Where pages are written as text rather than by a template, what strangers wrote stays text."""

from __future__ import annotations

import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import passages, postings

HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(["<script>", "</mark>", "<b onclick=x>", '"', "'", "&lt;", "&", "Go", "C++", "kafka", "\x02", "\x03", "(", " "]),
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(HOSTILE, st.lists(st.tuples(HOSTILE.filter(bool), st.booleans()), max_size=3))
def test_a_marked_text_holds_no_markup_but_the_marks(text, wanted):
    made = str(passages.mark(text, wanted))

    plain = made.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain and ">" not in plain and '"' not in plain
    assert html.unescape(plain) == text


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_a_passage_holds_no_markup_but_the_marks(text):
    plain = re.sub("</?mark>", "", str(passages._marked(text)))

    assert "<" not in plain and ">" not in plain and '"' not in plain


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_a_preview_of_a_posting_holds_plain_tags_alone(text):
    tags = re.findall("<[^>]*>", postings.as_html(text))

    assert all(re.fullmatch(r"</?(p|ul|ol|li|h3|br|b|strong|em|i)( /)?>", tag) for tag in tags), tags

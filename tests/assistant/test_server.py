"""Whatever a server answers, or does not, becomes one sentence that says what happened and what to do."""

from __future__ import annotations

import gzip
import json
import ssl

import pytest

from pipeline.assistant import server
from tests.assistant.chat_server import ChatServer, Reply, chat

SAID = {"points": []}


@pytest.fixture
def model(settings):
    with ChatServer() as running:
        settings.ASSISTANT_URL, settings.ASSISTANT_MODEL, settings.ASSISTANT_KEY = (
            running.url,
            "little-model",
            "sk-marker",
        )
        settings.ASSISTANT_SECONDS = 5
        yield running


def trouble(model, *replies):
    model.says = list(replies)
    with pytest.raises(server.Trouble) as caught:
        server.ask([{"role": "user", "content": "Hello"}])
    assert "sk-marker" not in f"{caught.value.sentence} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


def test_a_right_answer_with_what_it_cost(model):
    model.says = [Reply(chat("Grüße"))]

    reply = server.ask([{"role": "user", "content": "Hello"}])

    assert (reply.text, reply.model, reply.tokens_in, reply.tokens_out) == ("Grüße", "little-model-2026", 812, 96)
    [got] = model.got
    assert got["path"] == "/v1/chat/completions"
    assert got["headers"]["Authorization"] == "Bearer sk-marker"
    assert got["body"]["model"] == "little-model"
    assert got["body"]["stream"] is False


HTML = Reply("<html><body>Sign in</body></html>", headers={"Content-Type": "text/html"})


@pytest.mark.parametrize(
    ("reply", "code", "again_in", "declined"),
    [
        (Reply({"error": {"message": "bad key"}}, status=401), "key", None, False),
        (Reply(b"", status=403), "key", None, False),
        (Reply(b"", status=404), "not_found", None, False),
        (Reply(b"", status=302, headers={"Location": "http://169.254.169.254/latest/"}), "moved", None, False),
        (Reply(b"slow down", status=429, headers={"Retry-After": "42"}), "busy", 42, False),
        (Reply(b"", status=429, headers={"Retry-After": "99999999999"}), "busy", 600, False),
        (Reply(b"", status=429, headers={"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}), "busy", 0, False),
        (Reply(b"", status=429, headers={"Retry-After": "soon"}), "busy", 0, False),
        (Reply({"error": {"code": "insufficient_quota"}}, status=429), "quota", None, False),
        (Reply(b"oops", status=500), "server_error", 0, False),
        (Reply(b"", status=503, headers={"Retry-After": "7"}), "server_error", 7, False),
        (Reply({"error": {"code": "context_length_exceeded"}}, status=400), "too_long", None, False),
        (Reply({"error": {"code": "content_filter"}}, status=400), "filtered", None, True),
        (Reply({"error": {"message": "?"}}, status=400), "not_understood", None, False),
        (Reply(chat(None, refusal="I can't help with that.")), "refused", None, True),
        (Reply(chat("", finish="content_filter")), "filtered", None, True),
        (Reply(chat('{"points": [', finish="length")), "cut_off", None, False),
        (Reply(chat("   ")), "empty", 0, False),
        (Reply("not json at all"), "nonsense", 0, False),
        (HTML, "nonsense", 0, False),
        (Reply("[1, 2]"), "nonsense", 0, False),
        (Reply({"choices": []}), "nonsense", 0, False),
        (Reply({"choices": [{"message": "hello"}]}), "nonsense", 0, False),
        (Reply("[" * 100_000), "nonsense", 0, False),
        (Reply(b"\x00\xff\xfe\x81"), "nonsense", 0, False),
        (Reply(b"x" * (server.MOST_BYTES + 10)), "too_large", None, False),
        (Reply(gzip.compress(b"y" * 5_000_000), headers={"Content-Encoding": "gzip"}), "too_large", None, False),
        (Reply(b"x", headers={"Content-Encoding": "br"}), "nonsense", 0, False),
        (Reply(drop=True), "dropped", 0, False),
        (Reply('{"choices": [', length=4000), "dropped", 0, False),
        (Reply({"error": {"message": "model crashed"}}), "server_error", 0, False),
    ],
)
def test_what_is_no_answer_is_said(model, reply, code, again_in, declined):
    found = trouble(model, reply)

    assert (found.code, found.again_in, found.declined) == (code, again_in, declined)
    assert found.sentence.endswith((".", "?"))
    assert len(found.sentence) < 200
    assert len(model.got) == 1  # no redirect was followed, nothing asked twice


@pytest.mark.parametrize("reply", [Reply(chat("late"), wait=30), Reply(chat("a byte at a time"), drip=0.3)])
def test_what_takes_too_long_is_broken_off(model, settings, reply):
    settings.ASSISTANT_SECONDS = 1

    found = trouble(model, reply)

    assert (found.code, found.again_in) == ("too_slow", 0)
    assert "1 seconds" in found.sentence
    assert not model.ended.is_set() and model.sent < 20  # and not after the last byte


def test_a_server_that_is_not_there(settings):
    with ChatServer() as gone:
        settings.ASSISTANT_URL, settings.ASSISTANT_MODEL = gone.url, "m"

    assert trouble(gone).code == "unreachable"


def test_a_server_that_cannot_prove_who_it_is(model, settings):
    settings.ASSISTANT_URL = model.url.replace("http:", "https:")  # answers TLS with plain text

    assert trouble(model, Reply(chat("x"))).code == "certificate"
    assert isinstance(ssl.create_default_context().verify_mode, ssl.VerifyMode)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (json.dumps(chat("Ärger"), ensure_ascii=False).encode("utf-16"), {}),
        (json.dumps(chat("Ärger"), ensure_ascii=False).encode("utf-8-sig"), {}),
        (json.dumps(chat("Ärger"), ensure_ascii=False).encode("latin-1"), {"Content-Type": "application/json; charset=iso-8859-1"}),
        (gzip.compress(json.dumps(chat("Ärger")).encode()), {"Content-Encoding": "gzip"}),
        (json.dumps(chat([])).encode().replace(b'"[]"', b'[{"type": "text", "text": "\\u00c4rger"}]'), {}),
    ],
    ids=["utf-16", "utf-8 with a mark", "latin-1", "gzip", "parts"],  # packed bytes hold the time they were made at
)  # fmt: skip
def test_other_encodings_are_read(model, body, headers):
    model.says = [Reply(body, headers=headers)]

    assert server.ask([{"role": "user", "content": "Hello"}]).text == "Ärger"


def test_options_a_server_does_not_know_are_left_out(model):
    unknown = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}
    model.says = [
        Reply({"error": {"message": "response_format is not supported"}}, status=400),
        Reply(unknown, status=400),
        Reply(chat("At last")),
    ]

    assert server.ask([{"role": "user", "content": "Hello"}]).text == "At last"
    assert "response_format" not in model.got[2]["body"]
    assert "max_tokens" not in model.got[2]["body"]
    assert model.got[2]["body"]["max_completion_tokens"] == 1200

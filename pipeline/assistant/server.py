"""Speaking the protocol: one question over HTTP, one answer, and in plain words whatever else can happen.

The address is the operator's setting and nothing else; redirects are not followed. Time, size and shape of what comes back are bounded.
The key goes into one header and nowhere else: not into logs, sentences or exceptions.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import http.client
import json
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils import timezone

MOST_BYTES = 512 * 1024
LONGEST_ERROR = 16 * 1024
LONGEST_PAUSE = 600
ALLOWANCES = 2
"""How often one question is asked again without an option that this server does not know."""
ADMINISTRATOR = "Tell an administrator."


class Trouble(Exception):
    """No usable answer. `sentence` says what happened and what to do; `again_in` seconds is None where asking again changes nothing."""

    def __init__(self, code: str, sentence: str, *, again_in: int | None = None, declined: bool = False) -> None:
        super().__init__(code)
        self.code, self.sentence, self.again_in, self.declined = code, sentence, again_in, declined


@dataclass(frozen=True)
class Reply:
    """What the model said, which model says it was, and what it cost."""

    text: str
    model: str
    tokens_in: int | None
    tokens_out: int | None
    milliseconds: int


def is_set_up() -> bool:
    return bool(settings.ASSISTANT_URL and settings.ASSISTANT_MODEL)


def host() -> str:
    """Where texts go, as people are told it: host and port."""
    return urlsplit(settings.ASSISTANT_URL).netloc.rsplit("@", 1)[-1]


def ask(messages: list[dict[str, str]]) -> Reply:
    """One answer of the model to these messages. Raises Trouble."""
    began = time.monotonic()
    deadline = began + settings.ASSISTANT_SECONDS
    wish: dict[str, Any] = {
        "model": settings.ASSISTANT_MODEL,
        "messages": messages,
        "max_tokens": settings.ASSISTANT_MAX_TOKENS,
        "response_format": {"type": "json_object"},
        "stream": False,
    }
    for _ in range(ALLOWANCES + 1):
        status, headers, body = _post(wish, deadline)
        if status not in (400, 422) or not _without_what_it_does_not_know(wish, body):
            break
    if status != 200:
        raise _refusal(status, headers, body)
    return _reply(_json(headers, body), began)


# ---------- The wire ----------


def _post(wish: dict[str, Any], deadline: float) -> tuple[int, http.client.HTTPMessage, bytes]:
    address = urlsplit(settings.ASSISTANT_URL)
    if deadline - time.monotonic() <= 0:
        raise _too_slow()
    connection = _connection(address, deadline - time.monotonic())
    # A timeout of the socket starts anew with every byte; a server that sends one a minute is ended from outside.
    # The socket is held here: of an answer that ends with the connection, http.client lets go of it before it is read.
    wire: list[socket.socket] = []
    watch = threading.Timer(deadline - time.monotonic(), _cut, [wire])
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        wire.append(connection.sock)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if settings.ASSISTANT_KEY:
            headers["Authorization"] = f"Bearer {settings.ASSISTANT_KEY}"
        connection.request("POST", f"{address.path}/chat/completions", json.dumps(wish).encode(), headers)
        response = connection.getresponse()
        most = MOST_BYTES if response.status == 200 else LONGEST_ERROR
        body = response.read(most + 1)
        if response.status == 200 and len(body) > most:
            raise Trouble(
                "too_large", f"The answer was larger than {most // 1024} kB and was not read. {ADMINISTRATOR}"
            )
        if (response.length and len(body) <= most) or time.monotonic() >= deadline - 0.05:
            raise http.client.IncompleteRead(b"")
        return response.status, response.headers, body
    except (TimeoutError, OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline - 0.05:
            raise _too_slow() from None
        raise _unreachable(error) from None
    finally:
        watch.cancel()
        connection.close()


def _connection(address: SplitResult, seconds: float) -> http.client.HTTPConnection:
    if address.scheme == "https":
        return http.client.HTTPSConnection(
            address.hostname or "", address.port, timeout=seconds, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=seconds)


def _cut(wire: list[socket.socket]) -> None:
    for one in wire:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _too_slow() -> Trouble:
    seconds = settings.ASSISTANT_SECONDS
    return Trouble(
        "too_slow", f"The language model did not answer within {seconds} seconds. Ask again later.", again_in=0
    )


def _unreachable(error: Exception) -> Trouble:
    if isinstance(error, ssl.SSLError):
        said = "The language model's server could not prove who it is, so nothing was sent."
        return Trouble("certificate", f"{said} {ADMINISTRATOR}")
    if isinstance(error, (ConnectionRefusedError, socket.gaierror)):
        return Trouble("unreachable", "The language model's server cannot be reached. Ask again later.", again_in=0)
    return Trouble("dropped", "The language model's server broke off in the middle. Ask again later.", again_in=0)


# ---------- Answers that are none ----------


def _without_what_it_does_not_know(wish: dict[str, Any], body: bytes) -> bool:
    """Leave out, or name differently, what the server says it does not take. False when that is not its trouble."""
    said = body.decode("utf-8", "replace").lower()
    if "response_format" in wish and ("response_format" in said or "json_object" in said):
        del wish["response_format"]
        return True
    if "max_tokens" in wish and "max_completion_tokens" in said:
        wish["max_completion_tokens"] = wish.pop("max_tokens")
        return True
    return False


def _refusal(status: int, headers: http.client.HTTPMessage, body: bytes) -> Trouble:
    said = body.decode("utf-8", "replace").lower()
    if status in (401, 403):
        return Trouble("key", f"The language model's server does not accept our key. {ADMINISTRATOR}")
    if status == 429:
        if "insufficient_quota" in said:
            return Trouble("quota", f"The account at the language model's server is used up. {ADMINISTRATOR}")
        pause = _retry_after(headers)
        return Trouble("busy", "The language model's server is busy. Ask again in a few minutes.", again_in=pause)
    if status == 413 or "context_length" in said or "context length" in said or "context size" in said:
        return Trouble("too_long", f"The text is longer than the language model can take. {ADMINISTRATOR}")
    if status == 404:
        return Trouble("not_found", f"The server does not know this address or this model. {ADMINISTRATOR}")
    if "content_filter" in said or "content_policy" in said:
        return _filtered()
    if 300 <= status < 400:
        return Trouble("moved", f"The server sends us to another address, which we do not follow. {ADMINISTRATOR}")
    if status >= 500 or status == 408:
        pause = _retry_after(headers)
        sentence = f"The language model's server failed (error {status}). Ask again later."
        return Trouble("server_error", sentence, again_in=pause)
    return Trouble("not_understood", f"The server did not understand our question (error {status}). {ADMINISTRATOR}")


def _filtered() -> Trouble:
    sentence = "The language model's own filter held the answer back. Write it yourself, or ask again."
    return Trouble("filtered", sentence, declined=True)


def _retry_after(headers: http.client.HTTPMessage) -> int:
    """Seconds the server asks us to wait, as a number or a date; at most ten minutes, nought when it does not say."""
    said = (headers.get("Retry-After") or "").strip()
    if said.isascii() and said.isdigit():
        return min(int(said[:6]), LONGEST_PAUSE)
    try:
        until = email.utils.parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return 0
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(0, min(int((until - timezone.now()).total_seconds()), LONGEST_PAUSE))


# ---------- Answers ----------


def _nonsense() -> Trouble:
    sentence = (
        f"The server answered with something that is not of the protocol. {ADMINISTRATOR} Is ASSISTANT_URL right?"
    )
    return Trouble("nonsense", sentence, again_in=0)


def _json(headers: http.client.HTTPMessage, body: bytes) -> dict[str, Any]:
    """The body as an object, whatever it was packed or encoded in."""
    packed = (headers.get("Content-Encoding") or "identity").strip().lower()
    if packed in ("gzip", "x-gzip", "deflate"):
        body = _unpacked(body)
    elif packed != "identity":
        raise _nonsense()
    try:
        said = json.loads(_text(headers, body))
    except (ValueError, RecursionError, LookupError):
        raise _nonsense() from None
    if not isinstance(said, dict):
        raise _nonsense()
    return said


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise _nonsense() from None
    if len(plain) > MOST_BYTES:
        raise Trouble(
            "too_large", f"The answer was larger than {MOST_BYTES // 1024} kB and was not read. {ADMINISTRATOR}"
        )
    return plain


def _text(headers: http.client.HTTPMessage, body: bytes) -> str:
    """JSON is UTF-8, -16 or -32, which its first bytes tell; servers that say otherwise are believed when it is not."""
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode(headers.get_content_charset() or "latin-1")


def _reply(said: dict[str, Any], began: float) -> Reply:
    if isinstance(said.get("error"), dict) and not said.get("choices"):
        raise Trouble("server_error", "The language model's server reported an error. Ask again later.", again_in=0)
    choices = said.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise _nonsense()
    if choice.get("finish_reason") == "content_filter":
        raise _filtered()
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip():
        raise Trouble("refused", "The language model declined to write this. Write it yourself.", declined=True)
    text = _content(message.get("content"))
    if choice.get("finish_reason") == "length":
        sentence = (
            f"The answer was cut off before its end. {ADMINISTRATOR} ASSISTANT_MAX_TOKENS sets how long it may be."
        )
        raise Trouble("cut_off", sentence)
    usage = said.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(
        text=text,
        model=_plain(said.get("model")) or settings.ASSISTANT_MODEL[:120],
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
        milliseconds=round((time.monotonic() - began) * 1000),
    )


def _content(content: object) -> str:
    """The text, also where it comes in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str) or not content.strip():
        raise Trouble("empty", "The language model answered without a word. Ask again.", again_in=0)
    return content


def _plain(value: object) -> str:
    return "".join(letter for letter in value if letter.isprintable())[:120].strip() if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000_000 else None

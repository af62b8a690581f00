"""The parser in a process of its own, so that no text holds up or brings down the worker that reads for everybody.

The parser takes time in proportion to a text, but a text is a stranger's: each is parsed in a fork of this process, with a
limit on time and memory, that is ended whatever it does. The word lists are loaded before the fork, once for all of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import resource
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hiring.processes import die_with_parent
from hiring.resumes.profile import Profile
from hiring.taxonomy import Vocabulary

CPU_SECONDS = 15
WALL_SECONDS = 45.0  # a busy machine is no fault of the text
MORE_MEMORY = 1 << 30
MOST_OUTPUT = 32 * 1024 * 1024
TOO_LONG = "The text could not be read: taking it apart took more time or memory than a résumé should."
BROKE = "The text could not be read: the parser stumbled over it."


class NotParsed(Exception):
    """The text is the sentence for the recruiter."""


def parse(text: str, *, regions: Sequence[str], today: dt.date, vocabulary: Vocabulary | None = None) -> Profile:
    """`parsing.parse`, apart. Raises NotParsed when it broke or took too long; the same text would do so again."""
    from hiring.resumes import parsing
    from hiring.resumes.lexicon import lexicon_of

    lexicon_of(vocabulary)
    return Profile.from_json(
        run(lambda: parsing.parse(text, regions=regions, today=today, vocabulary=vocabulary).as_json())
    )


def run(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` returns in a fork of this process, which must not touch what the two share: the database, the broker."""
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(source)
        _become(work, sink)
    os.close(sink)
    try:
        output, ended = _listen(source, time.monotonic() + WALL_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.close(source)
        _, status = os.waitpid(pid, 0)
    ran_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    if not ended or (ran_out and not output):
        raise NotParsed(TOO_LONG)
    try:
        found = json.loads(output)
    except ValueError:
        raise NotParsed(BROKE) from None
    if "broke" in found:
        raise NotParsed(TOO_LONG if found["broke"] == "MemoryError" else BROKE)
    made: dict[str, Any] = found["made"]
    return made


def _become(work: Callable[[], dict[str, Any]], sink: int) -> NoReturn:
    """In the fork: limits, the work, what came of it. What the parent would do at its end is not done here."""
    try:
        die_with_parent()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        _limit()
        try:
            said: dict[str, Any] = {"made": work()}
        except BaseException as error:
            said = {"broke": type(error).__name__}
        data = json.dumps(said).encode()
        while data:
            data = data[os.write(sink, data) :]
    finally:
        os._exit(0)


def _limit() -> None:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # not this system: time alone is limited
        pages = 0
    limits = [(resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)]
    if pages:
        limits.append((resource.RLIMIT_AS, pages * resource.getpagesize() + MORE_MEMORY))
    for limit, value in limits:
        with contextlib.suppress(ValueError, OSError):  # the machine allows us less than that
            resource.setrlimit(limit, (value, value))


def _listen(source: int, deadline: float) -> tuple[bytes, bool]:
    """What was written up to the end, and whether it came to one in time and in size."""
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while len(output) <= MOST_OUTPUT and (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            piece = os.read(source, 65_536)
            if not piece:
                return bytes(output), True
            output += piece
    return b"", False

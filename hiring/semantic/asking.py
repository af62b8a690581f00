"""The vector of a text somebody has just typed: asked from the embedding process, so that no web process holds the model.

Question and answer pass through the broker and are gone after seconds. When nobody answers in time there is no vector, and
the ranking goes by words alone: a page never waits for the model.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings

from hiring.semantic.model import NAME, WIDTH

if TYPE_CHECKING:
    from hiring.semantic.model import Model

log = logging.getLogger(__name__)

QUESTIONS, ALIVE, ANSWER, KEPT = (f"semantic:{name}" for name in ("questions", "alive", "answer:", "vector:"))
PATIENCE = 0.4  # seconds
STALE_AFTER = 2.0
MOST_WAITING = 50
KEPT_FOR = 600


@cache
def _broker() -> Any:
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2)


def vector_of(text: str, patience: float | None = None) -> bytes | None:
    """The vector of a text; None when the embedding process does not answer within `patience` seconds (PATIENCE). It keeps the answer, so
    whoever asks again has it at once."""
    name = _name(text)
    try:
        known, alive = _broker().mget(KEPT + name, ALIVE)
        if known and len(known) == 2 * WIDTH:
            return bytes(known)
        if alive != NAME.encode():
            return None
        return _ask(text, PATIENCE if patience is None else patience)
    except redis.RedisError as error:
        log.warning("semantic_not_asked", extra={"error": type(error).__name__})
        return None


def _name(text: str) -> str:
    return hashlib.sha256(f"{NAME} {text}".encode()).hexdigest()


def _ask(text: str, patience: float) -> bytes | None:
    ask = uuid.uuid4().hex
    question = json.dumps({"id": ask, "text": text, "at": time.time()})
    with _broker().pipeline() as pipe:
        pipe.lpush(QUESTIONS, question)
        pipe.ltrim(QUESTIONS, 0, MOST_WAITING - 1)
        pipe.expire(QUESTIONS, 5)
        pipe.execute()
    found = _broker().blpop([ANSWER + ask], timeout=patience)
    return bytes(found[1]) if found and len(found[1]) == 2 * WIDTH else None


class Desk:
    """Where the embedding process takes questions."""

    def answer(self, model: Model, *, wait: float) -> int:
        """Answer whoever asks, waiting up to `wait` seconds for the first. How many were answered."""
        _broker().set(ALIVE, NAME, ex=30)
        answered = 0
        found = _broker().brpop([QUESTIONS], timeout=wait) if wait else None
        question = found[1] if found else _broker().rpop(QUESTIONS)
        while question:
            asked = json.loads(question)
            if time.time() - asked["at"] < STALE_AFTER:
                vector = model.embed(asked["text"])
                with _broker().pipeline() as pipe:
                    pipe.set(KEPT + _name(asked["text"]), vector, ex=KEPT_FOR)
                    pipe.rpush(ANSWER + asked["id"], vector)
                    pipe.expire(ANSWER + asked["id"], 5)
                    pipe.execute()
                answered += 1
            question = _broker().rpop(QUESTIONS)
        return answered

"""A program that calls the API with a key of a colleague's."""

from __future__ import annotations

import itertools
from typing import Any

from django.test import Client

from hiring import api_keys

_calls = itertools.count(1)


class Program:
    def __init__(self, user, *, scope: str = "write", name: str = "Reports") -> None:
        self.user = user
        self.key, self.secret = api_keys.make(user, name, scope=scope, days=30)
        self.client = Client()

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} | headers

    def get(self, address: str, asked: dict[str, Any] | None = None, **headers: str):
        return self.client.get(f"/api/v1{address}", asked, headers=self._headers(headers))

    def post(self, address: str, body: Any, **headers: str):
        """`Idempotency_Key` and other headers by keyword; a new key for every call otherwise."""
        return self._send("post", address, body, {"Idempotency-Key": f"call-{next(_calls):06}"} | headers)

    def patch(self, address: str, body: Any, **headers: str):
        return self._send("patch", address, body, headers)

    def upload(self, address: str, fields: dict[str, Any], **headers: str):
        given = self._headers({"Idempotency-Key": f"call-{next(_calls):06}"} | headers)
        return self.client.post(f"/api/v1{address}", fields, headers=given)

    def _send(self, method: str, address: str, body: Any, headers: dict[str, str]):
        send = getattr(self.client, method)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return send(f"/api/v1{address}", body, content_type="application/json", headers=self._headers(headers))


def said(response) -> tuple[int, str]:
    """A problem's status and sentence; also that it is one."""
    assert response["Content-Type"] == "application/problem+json", response.content
    found = response.json()
    assert found["status"] == response.status_code and found["request_id"]
    return response.status_code, found["detail"]


def wrong(response) -> dict[str, str]:
    """What is said of each field of a body that cannot be used."""
    assert response.status_code == 422, response.content
    return {error["field"]: error["message"] for error in response.json()["errors"]}

"""The API in words, read from its OpenAPI document, so that the page and what programs are told cannot part."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from hiring.api import once, shapes
from hiring.api.assembling import v1
from hiring.http import public
from hiring.problems import UNDER

SCHEMAS = "#/components/schemas/"


@dataclass
class Member:
    """One parameter or member of a body."""

    name: str
    type: str
    is_required: bool
    about: str


@dataclass
class Call:
    """One operation. `example` is a line for a shell."""

    key: str
    method: str
    path: str
    summary: str
    about: list[str]
    given: list[Member]
    body: list[Member]
    answer: list[Member]
    statuses: list[str]
    example: str = ""


@dataclass
class Group:
    name: str
    calls: list[Call] = field(default_factory=list)


@public
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document. It holds nothing of anybody's, and programs that read such documents bring no key."""
    return JsonResponse(document())


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document with what holds for every operation. It is the same for everybody and changes only with the code."""
    found: dict[str, Any] = json.loads(json.dumps(v1.get_openapi_schema(path_prefix=UNDER), default=str))
    found["components"]["schemas"]["Problem"] = shapes.Problem.model_json_schema()
    for path, methods in found["paths"].items():
        for method, said in methods.items():
            said["parameters"] += _headers(path, method)
            said["responses"]["4XX"] = {
                "description": "What is wrong",
                "content": {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
            }
    return found


def _headers(path: str, method: str) -> list[dict[str, Any]]:
    """The headers of an operation, which no signature names."""
    if method == "post":
        return [
            _header(once.HEADER, "8 to 200 characters, new for every call and the same when it is sent again.", True)
        ]
    if path.endswith("/candidates/{candidate_id}"):
        name = "If-Match" if method == "patch" else "If-None-Match"
        return [_header(name, "The `ETag` the person came with.", False)]
    return []


def _header(name: str, about: str, is_required: bool) -> dict[str, Any]:
    schema = {"type": "string", "title": name, "description": about}
    return {"in": "header", "name": name, "required": is_required, "schema": schema}


def groups(site: str) -> list[Group]:
    """The operations by what they are about. `site` begins the examples' addresses, with a slash at its end."""
    found: dict[str, Group] = {}
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            name = said["tags"][0]
            found.setdefault(name, Group(name)).calls.append(_call(site, path, method.upper(), said))
    return list(found.values())


def _call(site: str, path: str, method: str, said: dict[str, Any]) -> Call:
    content = said.get("requestBody", {}).get("content", {})
    media = next(iter(content), "")
    schema = _resolved(content[media]["schema"]) if media else {}
    answers = {status: one for status, one in said["responses"].items() if status.startswith("2")}
    answer: dict[str, Any] = next(iter(answers.values()), {})
    answered = _resolved(answer.get("content", {}).get("application/json", {}).get("schema", {}))
    return Call(
        key=said["operationId"],
        method=method,
        path=path,
        summary=said["summary"],
        about=[_plain(part) for part in said.get("description", "").split("\n\n") if part],
        given=[
            Member(one["name"], _type(one["schema"]), one["required"], _about(one["schema"]))
            for one in said["parameters"]
        ],
        body=members(schema),
        answer=members(answered),
        statuses=[str(status) for status in said["responses"]],
        example=_example(site, path, method, media, schema),
    )


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if reference := schema.get("$ref"):
        found: dict[str, Any] = document()["components"]["schemas"][reference.removeprefix(SCHEMAS)]
        return found
    if schema.get("type") == "array":
        return _resolved(schema["items"])
    return schema


def members(schema: dict[str, Any]) -> list[Member]:
    """The members of a shape of the document, in its order."""
    required = schema.get("required", [])
    return [
        Member(name, _type(one), name in required, _about(one)) for name, one in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """`text`, `number`, `list of text`, `"a" or "b"`, the name of a shape."""
    if reference := schema.get("$ref"):
        return str(reference).removeprefix(SCHEMAS)
    if several := schema.get("anyOf"):
        return " or ".join(_type(one) for one in several)
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return " or ".join(f"“{choice}”" for choice in choices)
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "string" and schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    return TYPES.get(kind, kind)


TYPES = {"string": "text", "integer": "number", "boolean": "true or false", "object": "object", "null": "null"}
FORMATS = {"date-time": "moment", "date": "date", "binary": "file"}


def _plain(marked_up: str) -> str:
    """What the OpenAPI document says with marks for code, as a page says it: in quotation marks."""
    return re.sub(r"`([^`]+)`", r"“\1”", marked_up.replace("\n", " "))


def _about(schema: dict[str, Any]) -> str:
    said = _plain(schema.get("description", ""))
    most = schema.get("maxLength")
    return f"{said} At most {most} characters.".strip() if most and schema.get("type") == "string" else said


def _example(site: str, path: str, method: str, media: str, schema: dict[str, Any]) -> str:
    for name, example in (("candidate_id", "1042"), ("job_id", "12")):
        path = path.replace(f"{{{name}}}", example)
    address = f"{site.rstrip('/')}{path}"
    lines = [f'curl {"" if method == "GET" else f"-X {method} "}"{address}"', '-H "Authorization: Bearer $KEY"']
    if method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if media == "application/json":
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(schema.get('example', {}), ensure_ascii=False)}'")
    elif media:
        lines.append("-F file=@resume.pdf -F kind=resume")
    if path.endswith("/candidates") and method == "GET":
        lines[0] = f'curl -G "{address}"'
        lines.append('--data-urlencode "q=skill:python location:berlin"')
    return " \\\n  ".join(lines)

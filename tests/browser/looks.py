"""What every page must pass in a browser: a silent console, nothing to scroll sideways, nothing axe objects to."""

from __future__ import annotations

import re
import time
from pathlib import Path

from django.conf import settings

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
WIDTHS = (1440, 390)
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe whose answer depends on colours. Day and night differ in those alone (static/css/tokens.css)."""

SETTLED = (
    """document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime < Infinity && one.finish())"""
)
"""What fades or glides is where it is going. On a busy machine axe would otherwise judge the colours half way."""

LEFT = (
    "htmx:(afterRequest|sendAbort)"  # a request that was on its way when the page was left; what fails has a line more
)


class Console:
    """What a page's console said. `expect` names what a test provokes on purpose."""

    def __init__(self, page) -> None:
        self.lines: list[str] = []
        self.expected = [LEFT]
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.lines.append(f"error: {error}"))

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.lines.append(f"{kind}: {text}")

    def expect(self, pattern: str) -> None:
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [line for line in self.lines if not any(re.search(pattern, line) for pattern in self.expected)]


def ready_for_axe(page) -> None:
    """For a page that goes to many addresses: axe is there with each of them, instead of being sent to each."""
    page.add_init_script(path=AXE)


def axe(page, *, within: str | None = None, rules: list[str] | None = None) -> list[str]:
    """axe's objections, each with its rule and the first places; empty when there is none. `rules` None asks all of them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(
            AXE.read_text(encoding="utf-8")
        )  # through the debugger, which the content policy does not concern
    page.evaluate(SETTLED)
    # What stands in a frame is a page of its own, looked at as such.
    options = {"resultTypes": ["violations"], "preload": False, "iframes": False} | (
        {"runOnly": rules} if rules else {}
    )
    found = page.evaluate("([within, options]) => axe.run(within || document, options)", [within, options])
    return [_said(violation) for violation in found["violations"]]


def looks_wrong(page, *, also_by_night: bool = True) -> list[str]:
    """What is wrong with the page as it stands. By night its colours are other ones and nothing else, so they alone are asked for."""
    wrong = [f"light: {objection}" for objection in axe(page)]
    if also_by_night:
        wrong += _wrong_by_night(page)
    return wrong + (["scrolls sideways"] if scrolls_sideways(page) else [])


def _wrong_by_night(page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    wrong = [f"dark: {objection}" for objection in axe(page, rules=COLOURS)]
    page.emulate_media(color_scheme="light")
    return wrong


def _said(violation: dict) -> str:
    places = " | ".join(str(node["target"][0]) for node in violation["nodes"][:4])
    why = violation["nodes"][0].get("failureSummary", "")[:200]
    return f"{violation['id']}: {violation['help']} at {places} ({why})"


def scrolls_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def until(page, expression: str, *, seconds: float = 20) -> None:
    """Wait for a condition of the page. Playwright's own way evaluates text inside the page, which our content policy
    refuses as soon as the first look was not enough."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"Never came true: {expression}"
        page.wait_for_timeout(50)


def look_over(new_page, sign_in, user, paths: list[str]) -> list[str]:
    """Open each address at 1440 and 390 pixels, the wide one by night too; everything that is wrong, by page. `user` None is a visitor."""
    wrong = []
    for width in WIDTHS:
        page = new_page(width=width)
        ready_for_axe(page)
        if user is not None:
            sign_in(page, user)
        for path in paths:
            answer = page.goto(path)
            if answer.status >= 400:
                page.console.expect(f"status of {answer.status}")
            page.wait_for_load_state("load")
            wrong += [
                f"{path} at {width}, {objection}" for objection in looks_wrong(page, also_by_night=width == WIDTHS[0])
            ]
    return wrong

"""E-mail addresses, phone numbers and profile links of the person, and not those of their referees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hiring.resumes.page import Page
from hiring.resumes.profile import Found

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE = re.compile(r"(?<![\w/])\+?\(?\d[\d ()./-]{6,20}\d(?!\w)")


def emails(page: Page) -> tuple[Found, ...]:
    return tuple(page.found(m.start(), m.end(), 0.9, m.group().lower()) for m in EMAIL.finditer(page.text))


def phones(page: Page, regions: Sequence[str]) -> tuple[Found, ...]:
    import phonenumbers

    found = []
    for match in PHONE.finditer(page.text):
        for region in regions or ("US",):
            try:
                number = phonenumbers.parse(match.group(), region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                found.append(page.found(match.start(), match.end(), 0.9, value))
                break
    return tuple(found)

"""What a PDF would do by itself (SEC-15), told without doing it. Loaded by the confined child alone."""

from __future__ import annotations

from typing import Any

# Names that make a PDF do something by itself. A destination in /OpenAction only chooses the first page: LaTeX always writes it.
PDF_ACTS = {
    "/JavaScript": "a script", "/JS": "a script", "/Launch": "a command to start a program", "/EmbeddedFile": "an attached file",
    "/EmbeddedFiles": "an attached file", "/XFA": "an active form", "/SubmitForm": "a form that sends data",
    "/ImportData": "a form that loads data", "/RichMedia": "embedded media", "/GoToE": "a link into an attached file",
    "/AA": "an automatic action",
}  # fmt: skip


def pdf_acts(path: str) -> list[str]:
    """What the file would do by itself, in words. Walks every object, also those inside compressed object streams."""
    import pypdf
    from pypdf.generic import ArrayObject, DictionaryObject

    found: set[str] = set()
    reader = pypdf.PdfReader(path)
    if reader.is_encrypted:
        found.add("a protection against changes")
        reader.decrypt("")
    numbers = set(reader.xref_objStm) | {n for generation in reader.xref.values() for n in generation}
    waiting: list[tuple[Any, int]] = [(reader.trailer, 0)]
    for number in sorted(numbers)[:50_000]:
        waiting.append((pypdf.generic.IndirectObject(number, 0, reader), 0))
    while waiting:
        thing, depth = waiting.pop()
        if isinstance(thing, pypdf.generic.IndirectObject):
            if depth:
                continue  # every indirect object is walked by itself, once
            try:
                thing = thing.get_object()
            except Exception:  # noqa: S112 - a broken object cannot act either
                continue
        if isinstance(thing, DictionaryObject):
            found.update(PDF_ACTS[key] for key in thing if key in PDF_ACTS)
            if str(thing.get("/S")) in PDF_ACTS:
                found.add(PDF_ACTS[str(thing["/S"])])
            opens = thing["/OpenAction"] if "/OpenAction" in thing else None  # noqa: SIM401 - only [] follows references
            if isinstance(opens, DictionaryObject) and opens.get("/S") not in ("/GoTo", None):
                found.add("an action on opening")
            waiting.extend((value, depth + 1) for value in thing.values() if depth < 60)
        elif isinstance(thing, ArrayObject):
            waiting.extend((value, depth + 1) for value in thing if depth < 60)
    return sorted(found)

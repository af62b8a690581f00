"""`manage.py parse_resume`: any file in, one profile a line out, nothing stored and nothing needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from hiring.resumes.profile import Profile
from tests import files

ROOT = Path(__file__).resolve().parents[2]
HTML = (
    "<!doctype html><html><head><title>x</title><style>p{}</style></head><body><h1>Samira Rahimi</h1>"
    "<script>var skills = 'COBOL'</script><p>samira@rahimi.example</p><h2>Skills</h2><ul><li>Python</li><li>R</li></ul></body></html>"
)


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As on a machine where nothing was set up: no database, no broker, no settings."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "parse_resume", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder / "none"), "LC_ALL": "C.UTF-8"},
    )


def test_every_file_becomes_one_line_of_json(tmp_path):
    made = {
        "cv.pdf": files.pdf(),
        "cv.docx": files.docx(),
        "cv.odt": files.odt(),
        "cv.rtf": files.rtf(),
        "cv.txt": "\n".join(files.RESUME).encode(),
        "page.html": HTML.encode(),
        "virus.exe": files.EXE,
        "bomb.pdf": files.pdf()[:700],
        "empty.txt": b"",
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)

    said = run(*made, "missing.pdf", "--json", folder=tmp_path)

    assert said.returncode == 0, said.stderr
    found = {line["file"]: line for line in map(json.loads, said.stdout.splitlines())}
    assert list(found) == [*made, "missing.pdf"]
    for name in list(made)[:6]:
        profile = Profile.from_json(found[name]["profile"])
        assert profile.name and profile.name.value == "Samira Rahimi"
        assert found[name]["text"][profile.emails[0].start : profile.emails[0].end] == "samira@rahimi.example"
    assert {skill["name"] for skill in found["page.html"]["profile"]["skills"]} == {"Python", "R"}
    for name in (*list(made)[6:], "missing.pdf"):
        assert found[name]["error"] and "profile" not in found[name]


def test_people_get_words_and_a_terminal_gets_no_commands(tmp_path):
    (tmp_path / "cv.txt").write_text("Samira Rahimi\nsamira@rahimi.example\n\x1b[31mred\n" + "Data engineer. " * 20)

    said = run("cv.txt", folder=tmp_path)

    assert said.returncode == 0, said.stderr
    assert "Name          Samira Rahimi" in said.stdout
    assert "E-mail        samira@rahimi.example" in said.stdout
    assert "\x1b" not in said.stdout

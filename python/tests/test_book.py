"""The book's page on the package: its blocks run in their order, and print what stands below them."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT

PAGE = ROOT / "docs" / "python-package.md"
BLOCK = re.compile(r"^```(\w+),package\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With OVERHANG_RECORD=1, what is printed is written into the page instead."""
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    printed = ""
    recorded: list[tuple[int, int, str]] = []
    for block in BLOCK.finditer(text):
        language, content = block.groups()
        if language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(content, str(PAGE), "exec"), names)
            printed = out.getvalue()
        elif language == "text":
            recorded.append((*block.span(2), printed))
            if not os.environ.get("OVERHANG_RECORD"):
                assert printed == content
    assert len(recorded) >= 4
    if os.environ.get("OVERHANG_RECORD"):
        for begin, end, new in reversed(recorded):
            text = text[:begin] + new + text[end:]
        PAGE.write_text(text, encoding="utf-8")

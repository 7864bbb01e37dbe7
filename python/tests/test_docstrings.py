"""Examples in the docstrings of the package."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import overhang_risk
import pytest

MODULES = [overhang_risk.__name__] + [
    module.name for module in pkgutil.iter_modules(overhang_risk.__path__, "overhang_risk.") if "_native" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    tests = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(tests) >= 9

"""Exceptions and warnings of the package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


#: Options of the command line that take one of a few words, and those that take nothing.
_WORDS = re.compile(r"(?<![\w-])--(backend|construction|design|float|points|sampling) ([a-z][a-z0-9]*)")
_FLAGS = re.compile(r"(?<![\w-])--(all|allow-invalid|at-centre|force|independent)(?![\w-])")
_OTHERS = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")


def _in_python(text: str) -> str:
    """Options of the command line as arguments of functions.

    >>> _in_python("add --points sobol or --at-centre, or leave out --max-paths")
    'add points="sobol" or at_centre=True, or leave out max_paths'
    """
    text = _WORDS.sub(r'\1="\2"', text)
    text = _FLAGS.sub(lambda found: f"{found[1].replace('-', '_')}=True", text)
    return _OTHERS.sub(lambda found: found[1].replace("-", "_"), text)


class OverhangWarning(UserWarning):
    """Something that may mislead, such as an amount in a unit that is rarely meant."""


class OverhangError(Exception):
    """What the functions of this package raise.

    Attributes:
        message: What is wrong.
        hint: What would help; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = _in_python(message)
        self.hint = _in_python(hint)
        super().__init__(self.message + (f"\n  hint: {self.hint}" if self.hint else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.hint))


class UsageError(OverhangError, ValueError):
    """An argument makes no sense, or two arguments contradict each other."""


class RunFailed(OverhangError, RuntimeError):
    """Something failed on the way: the engine, a file, or a path with a figure that is not a number."""


class StoreLocked(RunFailed):
    """Another process is writing to the store of a sweep."""


class Stopped(OverhangError):
    """The work was stopped before it was done, and nothing was kept."""


@dataclass(frozen=True)
class Message:
    """A message about a scenario.

    Attributes:
        severity: ``"error"`` or ``"warning"``.
        title: What is wrong.
        file: The name of the file.
        line: The line from 1; ``None`` if the message is about the file as a whole.
        column: The column in characters from 1, or ``None``.
        key: The dotted key, such as ``contract.aws.take_or_pay``; may be empty.
        expected: What would be right, such as a range; may be empty.
        hint: What to do about it; may be empty.
    """

    severity: str
    title: str
    file: str
    line: int | None
    column: int | None
    key: str
    expected: str
    hint: str


class ScenarioError(OverhangError, ValueError):
    """A scenario is not valid. The text of the exception shows all messages with the lines that they are about.

    >>> import overhang_risk as oh
    >>> try:
    ...     oh.template().set({"contract.cloud.take_or_pay": 1.5})
    ... except oh.ScenarioError as error:
    ...     first = error.messages[0]
    >>> first.key, first.expected
    ('contract.cloud.take_or_pay', 'must be from 0 to 1')

    Attributes:
        messages: All messages, in the order of the file.
    """

    def __init__(self, message: str, messages: list[dict[str, Any]] | list[Message]) -> None:
        super().__init__(message)
        self.messages = [found if isinstance(found, Message) else Message(**found) for found in messages]

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.messages))

"""The answers of a complaint that is being written, and the order of its pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

STEPS = ("about", "story", "who", "contact", "files", "check")


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything somebody has answered so far."""

    subjects: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    wish: str = ""
    complainant: str = ""
    name: str = ""
    preferred_name: str = ""
    about_name: str = ""
    way: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""

    @property
    def for_another(self) -> bool:
        return self.complainant in {"representative", "other"}

    def to_json(self) -> str:
        """Return the answers as text to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_answers(text: str) -> Answers:
    """Return the answers in sealed text; keys of another edition are left aside."""
    data = json.loads(text) if text else {}
    known = {field.name for field in fields(Answers)}
    kept = {key: value for key, value in data.items() if key in known}
    return Answers(**(kept | {"subjects": tuple(kept.get("subjects", ()))}))


def with_answers(answers: Answers, given: Mapping[str, object]) -> Answers:
    """Return the answers with those of one page put in."""
    known = {field.name for field in fields(Answers)}
    said = {key: value for key, value in given.items() if key in known}
    if "subjects" in said:
        said["subjects"] = tuple(str(one) for one in said["subjects"])  # type: ignore[attr-defined]  # a form gives a list
    return replace(answers, **said)  # type: ignore[arg-type]  # the forms give text


def step_after(step: str, *, only_changing: bool) -> str:
    """Return the page that follows; somebody who only changes one answer goes back to the check."""
    if only_changing:
        return "check"
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def step_before(step: str) -> str:
    """Return the page before; "" for the first."""
    at = STEPS.index(step)
    return STEPS[at - 1] if at else ""


def is_whole(answers: Answers) -> bool:
    """Return whether there is enough to be sent: words, or at least what it is about."""
    return bool(answers.text.strip())

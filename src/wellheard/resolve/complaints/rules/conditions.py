"""The small language in which rule packs say when something applies.

A condition is `{"fact": name, <test>: value}` or `{"all": [...]}`, `{"any": [...]}`,
`{"not": ...}`. Tests: `is`, `is_not`, `in`, `has_any`, `within`, `at_least`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Condition = Mapping[str, Any]


class ConditionError(ValueError):
    """A condition in a data file cannot be read."""


def _has_any(fact: Any, value: Any) -> bool:
    return bool(set(fact) & set(value))


def _within(fact: Any, value: Any) -> bool:
    return bool(fact) and set(fact) <= set(value)


def _at_least(fact: Any, value: Any) -> bool:
    return fact is not None and fact >= value


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda fact, value: fact == value,
    "is_not": lambda fact, value: fact != value,
    "in": lambda fact, value: fact in value,
    "has_any": _has_any,
    "within": _within,
    "at_least": _at_least,
}


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Return whether `condition` is true of `facts`; raise ConditionError when it is malformed."""
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    name, test = _leaf(condition)
    if name not in facts:
        raise ConditionError(f"no fact is called {name!r}")
    return _TESTS[test](facts[name], condition[test])


def check_condition(condition: Condition, known: frozenset[str]) -> None:
    """Raise ConditionError unless `condition` is well formed and uses only `known` facts."""
    for key in ("all", "any"):
        if key in condition:
            for part in condition[key]:
                check_condition(part, known)
            return
    if "not" in condition:
        check_condition(condition["not"], known)
        return
    name, _ = _leaf(condition)
    if name not in known:
        raise ConditionError(f"no fact is called {name!r}")


def _leaf(condition: Condition) -> tuple[str, str]:
    tests = set(condition) - {"fact"}
    if "fact" not in condition or len(tests) != 1 or not tests <= set(_TESTS):
        raise ConditionError(f"cannot read the condition with keys {sorted(condition)}")
    return str(condition["fact"]), tests.pop()

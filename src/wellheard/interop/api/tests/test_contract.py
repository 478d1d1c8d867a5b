"""Made-up requests over the whole document: what is promised is held, and nothing breaks."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import CHECKS

from wellheard.config.wsgi import application

PATH = "/api/v1/openapi.json"
OPERATIONS = [
    "list_places",
    "list_comments",
    "send_comment",
    "read_comment",
    "send_response",
    "read_instrument",
    "list_measures",
    "read_score",
    "list_themes",
    "list_cases",
    "read_case",
]


def operation_of(name):
    schema = schemathesis.openapi.from_wsgi(PATH, application)
    return next(
        found.ok()
        for found in schema.get_all_operations()
        if found.ok().definition.raw["operationId"] == name
    )


def call(name, headers, examples):
    """Send made-up requests, right and wrong ones, and hold the answers against the document."""
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    statuses = []
    for mode in modes:
        try:
            strategy = operation_of(name).as_strategy(generation_mode=mode)
            cases = strategy.validate() or strategy
        except Exception as error:  # an operation without parameters cannot be asked wrongly
            if mode is modes[0]:
                raise
            assert "unsatisfiable" in str(error).lower() or "negat" in str(error).lower()
            continue
        from hypothesis import given

        @seed(20261122)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def asked(case):
            answer = case.call(headers=headers)
            statuses.append(answer.status_code)
            case.validate_response(answer, headers=headers)

        asked()
    return statuses


def test_every_operation_of_the_document_is_asked():
    schema = schemathesis.openapi.from_wsgi(PATH, application)
    found = [o.ok().definition.raw["operationId"] for o in schema.get_all_operations()]
    assert sorted(found) == sorted(OPERATIONS)
    assert "not_a_server_error" in CHECKS.get_all_names()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.capability("P07")
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_requests_of_a_broad_token_break_nothing(name, broad, secret_of, place):
    statuses = call(name, {"Authorization": f"Bearer {secret_of(broad)}"}, 25)
    assert statuses and max(statuses) < 500


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_requests_of_a_stranger_are_all_refused(name):
    assert set(call(name, {}, 5)) <= {401, 400, 405}

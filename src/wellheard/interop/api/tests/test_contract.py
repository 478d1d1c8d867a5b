"""Made-up requests over the whole document: what is promised is held, and nothing breaks."""

from __future__ import annotations

from functools import cache

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import positive_data_acceptance

application = get_wsgi_application()
pytestmark = pytest.mark.any_database

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
    "list_gaps",
    "list_themes",
    "list_findings",
    "list_waits",
    "list_missed",
    "list_predictions",
    "predict_readmission",
    "list_cases",
    "read_case",
]
# Nothing is asked for here, so nothing can be asked wrongly.
WITHOUT_INPUT = {"list_measures", "list_themes"}


@pytest.fixture(autouse=True)
def kept_connection():
    """The server closes stale connections around a request; the test's own must stay open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def operations():
    """The document read once (seconds of CPU), its operations by name."""
    schema = schemathesis.openapi.from_wsgi(PATH, application)
    found = [each.ok() for each in schema.get_all_operations()]
    return {each.definition.raw["operationId"]: each for each in found}


def call(name, headers, examples):
    """Send made-up requests, right and wrong ones, and hold the answers against the document."""
    modes = [schemathesis.GenerationMode.POSITIVE]
    if name not in WITHOUT_INPUT:
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    statuses = []
    # What no document can say (a moment that is not to come, an answer that is asked for) may
    # refuse a body of the right shape.
    beyond = [positive_data_acceptance] if name.startswith("send_") else []
    for mode in modes:
        cases = operations()[name].as_strategy(generation_mode=mode)

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
            case.validate_response(answer, headers=headers, excluded_checks=beyond)

        asked()
    return statuses


@pytest.mark.django_db
def test_every_operation_of_the_document_is_asked():
    assert sorted(operations()) == sorted(OPERATIONS)
    assert "not_a_server_error" in CHECKS.get_all_names()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.capability("P07")
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_requests_of_a_broad_token_break_nothing(name, broad, secret_of, place):
    statuses = call(name, {"Authorization": f"Bearer {secret_of(broad)}"}, 15)
    assert statuses and max(statuses) < 500


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_requests_of_a_stranger_are_all_refused(name):
    assert set(call(name, {}, 3)) <= {401, 400, 405}

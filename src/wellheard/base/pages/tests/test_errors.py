"""Error pages stand even when what they lean on has fallen."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from wellheard.base.pages import errors


def broken_request(path: str) -> Any:
    """A request whose user cannot be read: this test may not reach a database."""
    request = RequestFactory().get(path)
    request.user = SimpleLazyObject(lambda: get_user_model().objects.get(pk=1))
    return request


def test_server_error_page_stands_without_a_database() -> None:
    answer = errors.server_error(broken_request("/staff/inbox/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_other_error_pages_do_not_hide_a_broken_database() -> None:
    with pytest.raises(RuntimeError, match="Database access"):
        errors.error_page(broken_request("/staff/inbox/"), 404)


def test_program_gets_json() -> None:
    answer = errors.error_page(RequestFactory().get("/api/v1/x"), 404, detail="No such case")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == b'{"detail": "No such case"}'

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.people.access.actions import make_token
from wellheard.people.access.models import Membership
from wellheard.people.access.person import person_of
from wellheard.people.access.vocabulary import token_permissions


class Program:
    """A program that calls the API with a token (or without one)."""

    def __init__(self, secret=""):
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(raise_request_exception=False)

    def get(self, path, **query):
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path, body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}",
            body if isinstance(body, str | bytes) else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **named},
        )


@pytest.fixture(autouse=True)
def unhurried():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def secret_of():
    """``secret_of(user, "case.read")`` is a token that may do that; without names, all it may."""

    def make(user, *permissions):
        now = timezone.now()
        person = person_of(user, now=now)
        wanted = permissions or [code for code in token_permissions() if person.may(code)]
        _, secret = make_token(
            person=person,
            name="test",
            permissions={"api.use", *wanted},
            ends_at=now + timedelta(days=1),
            at=now,
        )
        return secret

    return make


@pytest.fixture
def broad(staff, organisation):
    """Somebody who holds every role that works with patients' words, besides administering."""
    user = staff("administrator")
    for role in ("px_specialist", "grievance_officer", "analyst"):
        Membership.objects.create(organisation=organisation, user=user, role=role)
    return user


@pytest.fixture
def program(broad, secret_of):
    return Program(secret_of(broad))

"""The environment and the fixtures of all tests; pytest loads this before Django's settings.

An organisation, places, people with roles, a fixed moment.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("WELLHEARD_MODE", "test")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as config.environment does, and says why
if "WELLHEARD_HOME" not in os.environ:
    _home = tempfile.mkdtemp(prefix="wellheard-test-")
    os.environ["WELLHEARD_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)

AT = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only what uses a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long stories first (script/test has xdist keep this order); on the second database only
    what uses a database."""
    items.sort(key=lambda item: not _is_long(item))
    if not config.getoption("--database-only"):
        return
    again = [item for item in items if _uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


def _is_long(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) is not None for name in ("slow", "browser"))


def _uses_database(item: pytest.Item) -> bool:
    """Asked of the fixtures and marks; "house" holds the guards that start whole servers."""
    if item.get_closest_marker("any_database") is not None:
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return (
        bool({"db", "transactional_db", "django_db_setup"} & fixtures)
        or item.get_closest_marker("django_db") is not None
        or "house" in item.path.parts
    )


@pytest.fixture
def at() -> datetime:
    """A Wednesday afternoon, UTC."""
    return AT


@pytest.fixture(autouse=True)
def nothing_kept_from_another_test() -> None:
    """Row numbers repeat between tests, so nothing is remembered by them."""
    store = sys.modules.get("wellheard.listen.invitations.store")
    if store is not None:
        store.forget_kept()


@pytest.fixture
def organisation(db: None) -> Any:
    from wellheard.people.places.actions import add_organisation

    return add_organisation(
        name="Riverbend Health",
        slug="riverbend",
        country="US",
        jurisdiction="us-hospital",
        zone="America/Chicago",
        languages=["en", "es", "ar"],
        at=AT,
    )


@pytest.fixture
def apart(tmp_path: Path) -> Callable[..., str]:
    """``apart("-c", story)`` runs our interpreter on an installation of its own (SQLite, migrated),
    for stories whose processes are killed; what it printed. It must end well."""
    environment = os.environ | {
        "WELLHEARD_HOME": str(tmp_path),
        "WELLHEARD_MODE": "production",
        "WELLHEARD_LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
    }
    environment.pop("WELLHEARD_DATABASE_URL", None)

    def python(*arguments: str) -> str:
        # our own interpreter and stories
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            env=environment, check=False, capture_output=True, text=True, timeout=400,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    python("-m", "wellheard.config.cli", "migrate")
    return python


@pytest.fixture
def actor(organisation: Any) -> Any:
    from wellheard.base.audit.actor import Actor

    return Actor.system(organisation.pk, "test")


@pytest.fixture
def site(organisation: Any, actor: Any) -> Any:
    from wellheard.people.places.actions import add_site

    return add_site(organisation, name="Riverbend General", by=actor, at=AT)


@pytest.fixture
def place(site: Any, actor: Any) -> Any:
    from wellheard.people.places.actions import add_place

    return add_place(site, name="Ward 7", kind="ward", by=actor, at=AT)


@pytest.fixture
def other_place(site: Any, actor: Any) -> Any:
    from wellheard.people.places.actions import add_place

    return add_place(site, name="Clinic 4", kind="clinic", by=actor, at=AT)


@pytest.fixture
def staff(organisation: Any) -> Callable[..., Any]:
    """``staff("nurse_manager", places=[ward])`` makes a user with that role there."""

    def make(role: str, *, places: list[Any] | None = None, in_: Any = None) -> Any:
        from wellheard.people.access.models import Membership
        from wellheard.people.staff.models import User

        home = in_ or organisation
        number = next(_numbers)
        user = User.objects.create(
            email=f"{role}{number}@example.org", name=f"{role} {number}", organisation=home
        )
        for place in places or [None]:
            Membership.objects.create(organisation=home, user=user, role=role, place=place)
        return user

    return make


@pytest.fixture
def person_of() -> Callable[[Any], Any]:
    def read(user: Any) -> Any:
        from wellheard.people.access.person import person_of as read_person

        return read_person(user, now=AT)

    return read


@pytest.fixture
def signed_in(client: Any) -> Callable[[Any], Any]:
    """``signed_in(user)`` is a test client with that user's session."""

    def sign(user: Any) -> Any:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign

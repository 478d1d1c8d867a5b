from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quick_and_fresh(settings: Any) -> None:
    """Hashing is slow on purpose and counts are kept between requests: neither is tested here."""
    from django.core.cache import cache

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()

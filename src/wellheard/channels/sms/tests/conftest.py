"""A gateway that runs, and settings that point at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from wellheard.channels.sms.tests.gateway import ACCOUNT, TOKEN, Gateway


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with Gateway().running() as running:
        settings.CHANNEL_TRANSPORTS = {"sms": "twilio", "email": "none"}
        settings.SMS_GATEWAY = running.address
        settings.SMS_ACCOUNT, settings.SMS_TOKEN = ACCOUNT, TOKEN
        settings.SMS_FROM = "+13125550000"
        settings.CHANNEL_TIMEOUT_SECONDS = 2
        yield running

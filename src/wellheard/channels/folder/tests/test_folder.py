"""The post box of demonstrations: files instead of sending, and no way around it."""

from __future__ import annotations

import runpy
import stat
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from importlib.util import find_spec
from pathlib import Path

import pytest

from wellheard.channels.folder.transport import send_mail, send_text
from wellheard.channels.outbox.transport import Delivery, TransportError

PARCEL = Delivery(
    key="wh-1-2-1",
    to="rosa@example.org",
    subject="Hello",
    text="We read it. شكرًا",
    at=datetime(2026, 3, 4, tzinfo=UTC),
)


def test_text_and_mail_are_files_of_their_own(post_box: Path) -> None:
    send_text(replace(PARCEL, to="+13125550123"))
    send_mail(PARCEL)
    assert sorted(path.name for path in post_box.iterdir()) == ["wh-1-2-1.eml", "wh-1-2-1.txt"]
    mail = message_from_bytes((post_box / "wh-1-2-1.eml").read_bytes())
    assert mail["To"] == "rosa@example.org"
    assert "شكرًا" in (post_box / "wh-1-2-1.txt").read_text("utf-8")


def test_same_key_leaves_one_file(post_box: Path) -> None:
    for _ in range(3):
        send_text(PARCEL)
    assert len(list(post_box.iterdir())) == 1


def test_files_are_for_their_owner_alone(post_box: Path) -> None:
    send_text(PARCEL)
    assert stat.S_IMODE(post_box.stat().st_mode) == 0o700
    assert stat.S_IMODE((post_box / "wh-1-2-1.txt").stat().st_mode) == 0o600


def test_key_cannot_lead_out_of_the_folder(post_box: Path) -> None:
    send_text(replace(PARCEL, key="../../etc/passwd"))
    assert [path.name for path in post_box.iterdir()] == [".._.._etc_passwd.txt"]


def test_folder_that_cannot_be_written_is_tried_again(post_box: Path) -> None:
    post_box.write_text("a file where the folder should be")
    with pytest.raises(TransportError) as caught:
        send_text(PARCEL)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("variable", "name"),
    [("WELLHEARD_SMS_TRANSPORT", "twilio"), ("WELLHEARD_EMAIL_TRANSPORT", "smtp")],
)
def test_demonstration_cannot_be_set_to_send(
    monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    monkeypatch.setenv("WELLHEARD_MODE", "demonstration")
    spec = find_spec("wellheard.config.settings_channels")
    assert spec is not None
    assert spec.origin is not None
    plain = runpy.run_path(spec.origin)
    assert plain["CHANNEL_TRANSPORTS"] == {"sms": "folder", "email": "folder"}
    monkeypatch.setenv(variable, name)
    with pytest.raises(SystemExit, match=variable):
        runpy.run_path(spec.origin)
    monkeypatch.setenv("WELLHEARD_MODE", "production")
    assert name in runpy.run_path(spec.origin)["CHANNEL_TRANSPORTS"].values()

"""The role chooser exists in the demonstration and nowhere else."""

import os
import subprocess
import sys

import pytest
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.capability("N05")

ASK = """
import django
django.setup()
from django.urls import resolve, Resolver404
for address in ("/", "/demonstration/enter", "/demonstration/truths"):
    try:
        print(address, resolve(address).func.__module__)
    except Resolver404:
        print(address, "absent")
"""


def addresses(mode, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={
            **os.environ,
            "WELLHEARD_MODE": mode,
            "WELLHEARD_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "wellheard.config.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in done.stdout.splitlines())


def test_start_page_is_there_in_the_demonstration(tmp_path):
    found = addresses("demonstration", tmp_path)
    assert set(found.values()) == {"wellheard.config.demonstration.views"}


def test_start_page_does_not_exist_in_production(tmp_path):
    found = addresses("production", tmp_path)
    assert found["/demonstration/enter"] == "absent"
    assert found["/demonstration/truths"] == "absent"
    assert found["/"] == "wellheard.config.front.views"


@pytest.mark.django_db
def test_nobody_is_signed_in_by_address_outside_the_demonstration(client):
    with pytest.raises(NoReverseMatch):
        reverse("demonstration-enter")
    answer = client.post("/demonstration/enter", {"email": "ruth.caldwell@riverbend.example"})
    assert answer.status_code == 404

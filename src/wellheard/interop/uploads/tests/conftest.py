from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from wellheard.interop.uploads.models import Upload


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES = tmp_path
    return tmp_path


@pytest.fixture
def analyst(staff, signed_in):
    return signed_in(staff("analyst"))


@pytest.fixture
def send(analyst):
    """``send("comments", "text\\nKind\\n")`` uploads a file as the analyst would."""

    def post(kind, text, *, name="march.csv", client=analyst):
        data = text if isinstance(text, bytes) else text.encode()
        file = SimpleUploadedFile(name, data)
        return client.post(reverse("imports:upload"), {"kind": kind, "file": file})

    return post


@pytest.fixture
def uploaded(send):
    def make(kind, text, **more):
        answer = send(kind, text, **more)
        assert answer.status_code == 302, answer.content.decode()
        return Upload.objects.get()

    return make

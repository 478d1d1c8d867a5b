"""Posters: what stands on them, that they are accessible, and who may print which."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
import segno

from wellheard.listen.cards.queries import Spot
from wellheard.listen.posters.queries import poster_of
from wellheard.listen.posters.rules import card_address, paper_for, short_address
from wellheard.listen.posters.sheets import draw, qr_svg

pytestmark = pytest.mark.django_db
BASE = "https://listen.example.org"
SIZES = {"a4": (595, 842), "letter": (612, 792)}


@pytest.mark.capability("B07")
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_pdf_is_one_tagged_page_with_address_and_warning_in_three_languages(
    place: Any, paper: str
) -> None:
    sheet = pypdf.PdfReader(
        io.BytesIO(draw(poster_of(Spot(place), base=BASE), paper=paper, kind="pdf"))
    )
    (page,) = sheet.pages
    root: Any = sheet.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    assert sheet.metadata is not None and "Ward 7" in str(sheet.metadata.title)
    size = (round(float(page.mediabox.width)), round(float(page.mediabox.height)))
    assert size == SIZES[paper]
    words = " ".join(page.extract_text().split())
    for expected in ("How was your care?", "¿Cómo fue su atención?", "call 911", "al 911"):
        assert expected in words
    assert f"listen.example.org/c/{place.code}" in words
    assert b"pdfuaid" in sheet.xmp_metadata.stream.get_data() if sheet.xmp_metadata else False


def test_code_holds_the_address_without_a_language(place: Any) -> None:
    address = poster_of(Spot(place), base=f"{BASE}/").address
    assert address == f"{BASE}/c/{place.code}" == card_address(BASE, place.code)
    assert qr_svg(address) != qr_svg(address + "x")
    assert segno.make(address, error="q", micro=False).error in ("Q", "H")
    assert short_address(address) == f"listen.example.org/c/{place.code}"


def test_long_names_and_a_single_language_fit_on_one_page(place: Any) -> None:
    place.name = "The Very Long Name of a Rehabilitation and Recovery Outpatient Clinic <b>"
    place.organisation.languages = ["ar"]
    long = "https://patient-experience.a-very-long-name-of-a-hospital.example.org"
    sheet = draw(poster_of(Spot(place), base=long), paper="letter", kind="pdf")
    reader = pypdf.PdfReader(io.BytesIO(sheet))
    root: Any = reader.trailer["/Root"]
    assert len(reader.pages) == 1 and root["/Lang"] == "ar"


def test_paper_follows_the_country() -> None:
    assert (paper_for("US"), paper_for("GB")) == ("letter", "a4")


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("html", "text/html"), ("pdf", "application/pdf"), ("svg", "image/svg+xml")],
)
def test_poster_is_printed_by_those_who_work_at_the_place(
    place: Any, other_place: Any, staff: Any, signed_in: Any, kind: str, content_type: str
) -> None:
    client = signed_in(staff("front_desk", places=[place]))
    here = client.get(f"/staff/places/{place.pk}/poster.{kind}")
    assert here.status_code == 200 and here["Content-Type"].startswith(content_type)
    assert client.get(f"/staff/places/{other_place.pk}/poster.{kind}").status_code == 404
    refused = signed_in(staff("analyst")).get(f"/staff/places/{place.pk}/poster.{kind}")
    assert refused.status_code == 403


def test_posters_of_the_persons_places_are_listed(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    words = signed_in(staff("front_desk", places=[place])).get("/staff/posters/").content.decode()
    assert f"/c/{place.code}" in words and other_place.code not in words

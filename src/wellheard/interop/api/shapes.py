"""What goes in and out: every text has a longest length, every list a largest page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from wellheard.interop.api.limits import limits

# Nothing a machine slipped in: no control characters in what is stored as a line.
Line = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, Field(max_length=50_000)]
PlaceCode = Annotated[str, Field(max_length=8, pattern=r"^[A-Za-z0-9]{1,8}$")]
Reference = Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9-]{1,16}$")]
Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]{1,40}$")]
Language = Annotated[str, Field(max_length=16, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?)?$")]
Key = Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9._:\-]{1,128}$")]
_FIRST_YEAR = 1990


def _believable(moment: datetime) -> datetime:
    if moment.year < _FIRST_YEAR or moment.year > timezone.now().year + 1:
        raise ValueError(f"must lie between {_FIRST_YEAR} and tomorrow")
    if moment > timezone.now() + timedelta(days=1):
        raise ValueError(f"must lie between {_FIRST_YEAR} and tomorrow")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_believable)]


class Given(Schema):
    """A body as it was sent. A name we do not know is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(limits()["usual_page"], ge=1, le=limits()["largest_page"])
    offset: int = Field(0, ge=0, le=limits()["furthest_offset"])


class PlaceOut(Schema):
    """A ward, clinic or desk. ``code`` is also in the address of its comment card."""

    code: str
    name: str
    kind: str
    site: str
    open: bool


class CommentIn(Given):
    """What somebody said, as another system heard it."""

    text: Annotated[str, Field(min_length=1, max_length=50_000, pattern=r"[^\x00-\x20\x7f-\xa0]")]
    place: PlaceCode | None = None
    received_at: Moment | None = None
    language: Language = ""
    question: Annotated[str, Field(max_length=500)] = ""
    question_type: Literal["what_good", "could_improve", "nonspecific"] = "nonspecific"
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    external_id: Line = ""
    respondent_id: Line = ""


class CommentOut(Schema):
    """A comment as the caller may read it. ``text`` is null until names have been taken out."""

    reference: str
    received_at: datetime
    place: str | None
    source: str
    language: str
    text: str | None
    masked: bool
    rating: float | None
    rating_max: int | None
    disposition: str
    duplicate_of: str | None


class ResponseIn(Given):
    """A filled-in questionnaire. ``answers``: the code of each item with the answer to it."""

    instrument: Code = "pulse"
    version: Annotated[int, Field(ge=1, le=10_000)] | None = None
    answers: Annotated[
        dict[Code, Annotated[int, Field(ge=-1_000, le=1_000)]],
        Field(max_length=200),
    ]
    comment: Words = ""
    place: PlaceCode | None = None
    received_at: Moment | None = None
    mode: Literal["web", "paper", "phone", "kiosk", "sms", "mail", "api", "assisted"] = "api"
    language: Language = ""
    age_band: Annotated[str, Field(max_length=16)] = ""
    sex: Annotated[str, Field(max_length=24)] = ""
    ethnicity: Annotated[str, Field(max_length=80)] = ""
    payer: Annotated[str, Field(max_length=40)] = ""
    external_id: Line = ""


class Kept(Schema):
    """What was sent is kept. ``repeated``: an earlier request with the same key did it."""

    reference: str
    repeated: bool


class MeasureOut(Schema):
    """A measure of the catalogue."""

    code: str
    title: str
    item: str
    statistic: str
    direction: str
    definition: str
    version: int


class ScoreOut(Schema):
    """A measure with n, interval and method; all null when too few answered to be shown."""

    measure: str
    months: int
    until: str
    place: str | None
    n: int | None
    estimate: float | None
    low: float | None
    high: float | None
    level: float | None
    method: str
    few: bool


class GapOut(Schema):
    """One group of people on a measure, against the largest group; small groups are left out."""

    attribute: str
    group: str
    n: int
    estimate: float
    low: float
    high: float
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    p_adjusted: float | None
    verdict: str


class ThemeOut(Schema):
    """How many comments of the recent weeks speak of a theme, and in the weeks before."""

    theme: str
    recent: int
    before: int
    praise: int
    trouble: int
    rises: bool


class FindingOut(Schema):
    """One thing that stands out, in one sentence with its size, interval, n and method."""

    kind: str
    place: str | None
    place_code: str | None
    site: str | None
    measure: str
    group: str
    direction: str
    start_on: date | None
    estimate: float
    low: float
    high: float
    unit: str
    n: int
    method: str
    verdict: str
    sentence: str
    also: list[str]


class Findings(Schema):
    """What the newest search found; ``looked_at`` series of answers reaching to ``data_to``."""

    made_at: datetime | None
    data_to: date | None
    looked_at: int
    items: list[FindingOut]


class CaseOut(Schema):
    """Where a case stands: no names, no words."""

    reference: str
    kind: str
    klass: str
    topic: str
    tier: str
    status: str
    place: str | None
    confidential: bool
    received_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    next_due_at: datetime | None


class ItemOut(Schema):
    """One question of an instrument."""

    code: str
    kind: str
    low: int | None
    high: int | None
    text: dict[str, str]


class InstrumentOut(Schema):
    """A questionnaire as it is asked now."""

    code: str
    version: int
    title: dict[str, str]
    items: list[ItemOut]


class Page(Schema):
    """A part of a list. ``next``: the offset of the next part; null at the end."""

    total: int
    next: int | None


class Places(Page):
    items: list[PlaceOut]


class Comments(Page):
    items: list[CommentOut]


class Cases(Page):
    items: list[CaseOut]


Row = TypeVar("Row", bound=Any)


def page_of(
    rows: QuerySet[Row], paging: Paging, show: Callable[[Sequence[Row]], list[Any]]
) -> dict[str, Any]:
    """The asked part of ``rows``, shown, with how many there are and where it goes on."""
    total = rows.count()
    stop = paging.offset + paging.limit
    goes_on = stop < total and stop <= limits()["furthest_offset"]
    return {
        "total": total,
        "next": stop if goes_on else None,
        "items": show(list(rows[paging.offset : stop])),
    }

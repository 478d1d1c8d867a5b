"""What the design page shows: every part, in invented words, on four grounds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from wellheard.base.pages.forms import SpecimenForm
from wellheard.base.pages.stylesheets import load_tokens
from wellheard.base.pages.templatetags.icons import PATHS

SAMPLES: dict[str, Any] = json.loads(
    Path(__file__).with_name("samples.json").read_text(encoding="utf-8")
)
STEADY = [77, 79, 76, 78, 80, 77, 78, 76, 79, 78, 77, 78]
RISING = [52, 51, 54, 53, None, 57, 58, 60, 59, 61, 62, 61]
FALLING = [66, 67, 65, 66, 64, 63, 61, 60, 58, 57, 55, 54]


@dataclass(frozen=True, slots=True)
class Ground:
    """One way of seeing the parts: a theme, a language with its direction, screen or paper."""

    code: str
    theme: str
    language: str = "en"
    paper: bool = False

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"


LIGHT = Ground("light", "light")
DARK = Ground("dark", "dark")
VIEWS: dict[str, tuple[Ground, ...]] = {
    "both": (LIGHT, DARK),
    "rtl": (Ground("rtl", "light", "ar"), Ground("rtl-dark", "dark", "ar")),
    "print": (Ground("print", "light", paper=True),),
}


def sections(shown: str, *, at: datetime, request: HttpRequest) -> list[dict[str, Any]]:
    """Every section of the design page with its parts drawn on each ground of one view."""
    return [
        section | {"panes": [pane(section, ground, at, request) for ground in VIEWS[shown]]}
        for section in SAMPLES["sections"]
    ]


def pane(
    section: dict[str, Any], ground: Ground, at: datetime, request: HttpRequest
) -> dict[str, Any]:
    """One section drawn on one ground."""
    with translation.override(ground.language):
        context = specimens(ground, at)
        # Landmarks shown twice on one page need names of their own.
        context |= {
            "label": f"{section['title']} ({ground.code})",
            "ground_mark": f" ({ground.code})",
        }
        html: SafeString = render_to_string(
            f"design/parts/{section['part']}.html", context, request=request
        )
    return {"ground": ground, "html": html}


def specimens(ground: Ground, at: datetime) -> dict[str, Any]:
    """Invented content for every part, in the ground's language."""
    said = SAMPLES[ground.language]
    form = SpecimenForm(said=said, prefix=ground.code, initial={"answer": "2"})
    wrong = SpecimenForm(
        {"wrong-email": "ana@"}, said=said, prefix="wrong", auto_id=f"{ground.code}_%s"
    )
    return {
        "s": said,
        "form": form,
        "wrong": wrong,
        "problems": problems(wrong),
        "dialog_id": f"{ground.code}-dialog",
        "swatches": list(load_tokens()["light"])[:-1],
        "icons": sorted(PATHS),
        "change": -3.8,
        "steady": STEADY,
        "rising": RISING,
        "falling": FALLING,
        **moments(at),
        **lists(said),
    }


def moments(at: datetime) -> dict[str, datetime]:
    """Points in time around ``at``."""
    return {
        "now": at,
        "earlier": at - timedelta(days=2, hours=3),
        "past": at - timedelta(hours=5),
        "near": at + timedelta(hours=6),
        "far": at + timedelta(days=2, hours=4),
    }


def lists(said: dict[str, Any]) -> dict[str, Any]:
    """Rows, tabs, filters and pages made of the sample words."""
    kinds = [
        ("common", "steady"),
        ("better", "improving"),
        ("worse", "worse"),
        ("neutral", "neutral"),
    ]
    numbers = [(412, 78, 2.3), (388, 81, 0.6), (12045, 55, -3.8), (267, 84, 1.1)]
    return {
        "answers": [
            {"name": said["check_name"], "value": said["story_text"], "url": "#check"},
            {"name": said["check_rating"], "value": said["check_rating_value"], "url": "#check"},
            {"name": said["check_reply"], "value": said["check_reply_value"], "url": "#check"},
        ],
        "rows": [
            {"name": name, "n": n, "value": value, "change": change}
            | {"kind": kind, "state": said[state]}
            for name, (n, value, change), (kind, state) in zip(
                said["ward_names"], numbers, kinds, strict=True
            )
        ],
        "tabs": [
            {"label": said["mine"], "url": "#filters", "current": True, "count": 12},
            {"label": said["unassigned"], "url": "#filters", "count": 3},
            {"label": said["snoozed"], "url": "#filters"},
        ],
        "chips": [
            {"label": said["chip"], "url": "#filters"},
            {"label": said["chip2"], "url": "#filters"},
        ],
        "trail": [
            {"label": said["trail"], "url": "#small"},
            {"label": said["trail2"], "url": "#small"},
            {"label": said["where"]},
        ],
        "page_of_many": Paginator(range(1240), 50).page(4),
    }


def problems(form: SpecimenForm) -> list[dict[str, str]]:
    """The lines of a sample error summary, leading to the fields shown beside it."""
    targets = {"answer": f"{form['answer'].auto_id}_0", "email": form["email"].auto_id}
    return [
        {"words": str(form.errors[name][0]), "target": target} for name, target in targets.items()
    ]

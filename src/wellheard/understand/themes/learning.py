"""What a site taught the machine: its own themes, and what its corrections improved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wellheard.understand.themes.models import OwnTheme, SiteModel

if TYPE_CHECKING:
    from wellheard.measures.text.engine import Engine
    from wellheard.measures.text.labelled import Labelled, ThemeLabel
    from wellheard.measures.text.local import LocalTheme


# The words learnt are those of the shipped vocabulary, which is English.
_READ = frozenset({"en", "und"})


@dataclass(frozen=True, slots=True)
class SiteLearnt:
    """Themes the site added, and themes of the shipped model that it improved, by code."""

    version: str
    own: Mapping[str, LocalTheme]
    names: Mapping[str, str]
    better: Mapping[str, LocalTheme]

    def apply(
        self,
        engine: Engine,
        texts: Sequence[str],
        asked: Sequence[str],
        found: Sequence[Labelled],
    ) -> list[Labelled]:
        """The labels with the site's knowledge laid over them; safety phrases stay untouched."""
        from wellheard.measures.text.prepared import prepare
        from wellheard.measures.text.questions import question_kind

        prepared, kinds = [prepare(text) for text in texts], [question_kind(each) for each in asked]
        rows = engine.model.vectorizer.rows(prepared, kinds)
        shipped = engine.model.scores(prepared, kinds).themes
        columns = {code: i for i, code in enumerate(engine.model.labels)}
        labelled = []
        for row, said in enumerate(found):
            if said.language.code not in _READ:
                labelled.append(said)
                continue
            now = {theme.code: theme for theme in said.themes}
            for code, theme in self.own.items():
                score = theme.score(rows, row)
                if score >= theme.threshold:
                    now[code] = _label(code, self.names[code], theme.confidence(score))
            for code, theme in self.better.items():
                score = 2.0 * float(shipped[row, columns[code]]) - 1.0 + theme.score(rows, row)
                if score >= theme.threshold:
                    now[code] = _label(code, code, theme.confidence(score))
                else:
                    now.pop(code, None)
            labelled.append(
                replace(
                    said,
                    themes=tuple(sorted(now.values(), key=lambda t: (-t.confidence, t.code))),
                    engine_version=f"{said.engine_version}+{self.version}",
                )
            )
        return labelled


def _label(code: str, name: str, confidence: float) -> ThemeLabel:
    from wellheard.measures.text.labelled import ThemeLabel

    return ThemeLabel(code, name, round(confidence, 3))


def learnt_of(organisation_id: int) -> SiteLearnt | None:
    """What this site taught, None where it taught nothing that is in use."""
    own = newest_own_themes(organisation_id)
    said = [theme for theme in own if theme.is_said]
    model = newest_model(organisation_id)
    better = model.learnt if model else {}
    if not said and not better:
        return None
    from wellheard.measures.text.local import read_local

    return SiteLearnt(
        version=f"site-{model.version if model else 0}.{sum(theme.version for theme in own)}",
        own={theme.code: read_local(theme.learnt) for theme in said},
        names={theme.code: theme.name for theme in said},
        better={code: read_local(data) for code, data in better.items()},
    )


def newest_own_themes(organisation_id: int) -> list[OwnTheme]:
    """The newest version of each theme the site taught, by name."""
    newest: dict[str, OwnTheme] = {}
    for theme in OwnTheme.objects.filter(organisation_id=organisation_id).order_by("version"):
        newest[theme.code] = theme
    return sorted(newest.values(), key=lambda theme: theme.name)


def newest_model(organisation_id: int) -> SiteModel | None:
    """What the site's corrections taught, as learnt last."""
    rows = SiteModel.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-version").first()

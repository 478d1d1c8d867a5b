"""What each segment needs: from surveys, comments, boards and visits. Small groups never leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from wellheard.listen.intake.models import Comment
from wellheard.listen.panels.models import Advice, Panel, PanelMember
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.drivers.queries import Drivers, drivers_by_segment, outcomes
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.queries import visits_shown
from wellheard.understand.equity.rules import Reach, reach_of
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.queries import measures, shipped_measures
from wellheard.understand.scores.rules import Measure
from wellheard.understand.segments.models import SegmentVersion
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.queries import SIZED_BY, period_of, segment_counts
from wellheard.understand.segments.rules import Need, Rules, needs_of, read_rules
from wellheard.understand.themes.models import Sentiment, ThemeLabel
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC

# What board members can be told apart by; the payer is not asked of them.
_OF_MEMBERS = frozenset({"language", "sex", "age_band", "ethnicity"})
_MOST_ADVICE = 5

_Asked = tuple[Measure, Mapping[str, Counts]]


@dataclass(frozen=True, slots=True)
class BoardVoice:
    """Whether a segment sits on boards, and what those boards advised while it did."""

    boards: tuple[str, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """By segment. ``boards``: None where they may not be read or do not know the attribute."""

    surveys: tuple[Need, ...]
    comments: tuple[Need, ...]
    wrote: Mapping[str, int]
    drivers: Mapping[str, Drivers]
    reach: tuple[Reach, ...]
    boards: Mapping[str, BoardVoice] | None


def needs_page(version: SegmentVersion, *, boards: bool) -> NeedsPage:
    """Everything known of what the segments of a version by rules need, over its months.

    Measures and themes are judged together, so that a long page does not find more by chance.
    """
    rules = read_rules(version.definition, segment_policy())
    organisation_id, period = version.organisation_id, period_of(version)
    asked = list(_surveys(organisation_id, rules, period))
    said = _comments(organisation_id, rules, period)
    found = needs_of(
        [*asked, *said.asked],
        low_below=load_policy().low_below,
        false_discovery_rate=equity_policy().false_discovery_rate,
    )
    codes = {measure.code for measure, _ in asked}
    return NeedsPage(
        surveys=tuple(need for need in found if need.measure.code in codes),
        comments=tuple(n for n in found if (n.measure.item, n.segment) in said.told),
        wrote=said.wrote,
        drivers=_drivers(organisation_id, rules, period),
        reach=_reach(organisation_id, rules, period),
        boards=_boards(organisation_id, rules) if boards else None,
    )


def _surveys(organisation_id: int, rules: Rules, period: Period) -> Iterator[_Asked]:
    """Every measure that was answered, by segment, through the facts' one door."""
    for measure in measures(organisation_id, on=period.stop.first_day).values():
        counts = segment_counts(organisation_id, rules, measure.item, period)
        if counts:
            yield measure, counts


def _drivers(organisation_id: int, rules: Rules, period: Period) -> dict[str, Drivers]:
    until = period.stop.first_day
    outcome = outcomes(organisation_id, on=until)[SIZED_BY]
    return drivers_by_segment(
        organisation_id, outcome, rules.attribute, rules.segment_of, until=until
    )


# -- comments


@dataclass(frozen=True, slots=True)
class _Comments:
    """People who wrote by segment; themes by segment; of which segments each may be told."""

    wrote: dict[str, int]
    asked: list[_Asked]
    told: set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Somebody who wrote, once however many comments: which group, when, about what trouble."""

    group: str
    quarter: Month
    themes: frozenset[str]


def _comments(organisation_id: int, rules: Rules, period: Period) -> _Comments:
    """People who wrote by segment, and of each theme those who named it without praise.

    A theme is told of a segment only where enough people of it named it.
    """
    writers = _shown(list(_writers(organisation_id, rules.attribute, period)))
    wrote = Counter(rules.segment_of(writer.group) for writer in writers)
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for writer in writers:
        for theme in writer.themes:
            named[theme][rules.segment_of(writer.group)] += 1
    minimum = load_policy().minimum_group
    told = {(t, name) for t, some in named.items() for name in some if some[name] >= minimum}
    asked: list[_Asked] = [
        (
            _theme_measure(theme),
            {name: Counts.of({1: some[name], 0: wrote[name] - some[name]}) for name in wrote},
        )
        for theme, some in sorted(named.items())
        if any((theme, name) in told for name in wrote)
    ]
    return _Comments(dict(wrote), asked, told)


def _writers(organisation_id: int, attribute: str, period: Period) -> Iterator[_Writer]:
    """People who wrote in the period. Who they are is what they said with their answers; the
    language is known of comments by themselves too."""
    start, stop = _moment(period.start), _moment(period.stop)
    comments = Comment.objects.counted().filter(organisation_id=organisation_id).exclude(text="")
    comments = comments.received_between(start, stop)
    if attribute != "language":
        comments = comments.filter(response__isnull=False)
    troubles = _troubles(organisation_id, start, stop)
    people: dict[tuple[str, int], tuple[str, Month, set[str]]] = {}
    columns = ("pk", "response_id", "received_at", "language", f"response__{attribute}")
    for pk, response, received_at, language, said in comments.values_list(*columns):
        group = said if response else language
        key = ("response", response) if response else ("comment", pk)
        quarter = Month.containing(received_at.astimezone(UTC)).quarter
        _, _, themes = people.setdefault(key, (group or "", quarter, set()))
        themes.update(troubles.get(pk, ()))
    for group, quarter, themes in people.values():
        yield _Writer(group, quarter, frozenset(themes))


def _troubles(organisation_id: int, start: datetime, stop: datetime) -> dict[int, set[str]]:
    """Themes by comment, without praise."""
    labels = ThemeLabel.objects.holding().filter(
        organisation_id=organisation_id,
        comment__received_at__gte=start,
        comment__received_at__lt=stop,
        comment__reading__sentiment__gte=Sentiment.MIXED,
    )
    found: dict[int, set[str]] = defaultdict(set)
    for comment, theme in labels.exclude(theme__in=WITHOUT_TOPIC).values_list(
        "comment_id", "theme"
    ):
        found[comment].add(theme)
    return found


def _shown(writers: list[_Writer]) -> list[_Writer]:
    """Only people of groups that may be shown in their quarter, by the rule of every table."""
    minimum = load_policy().minimum_group
    quarters: dict[Month, dict[tuple[int, str], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for writer in writers:
        quarters[writer.quarter][0, writer.group][1] += 1
    visible = {
        (quarter, cell.segment)
        for quarter, cells in quarters.items()
        for cell in visible_segments(cells, quarter, minimum)
        if cell.level == WHOLE
    }
    return [writer for writer in writers if (writer.quarter, writer.group) in visible]


def _theme_measure(theme: str) -> Measure:
    """A theme as a share of the people who wrote; more of it is worse."""
    return Measure(
        code=f"theme:{theme}",
        title=theme,
        item=theme,
        statistic="top_box",
        best=frozenset({1}),
        worst=frozenset(),
        scale=(0, 1),
        direction="decrease",
        says="named it",
        definition="",
        owner="",
        source="",
        version=1,
        effective_from="",
    )


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


# -- visits and boards


def _reach(organisation_id: int, rules: Rules, period: Period) -> tuple[Reach, ...]:
    """Each segment's share of the answers over its share of the visits."""
    item = shipped_measures()[SIZED_BY].item
    answers = segment_counts(organisation_id, rules, item, period)
    base: Counter[str] = Counter()
    for group, visits in visits_shown(organisation_id, rules.attribute, period)[0].items():
        base[rules.segment_of(group)] += visits
    voices = {name: counts.n for name, counts in answers.items()}
    return reach_of(voices, base, below=equity_policy().under_voice_below)


def _boards(organisation_id: int, rules: Rules) -> dict[str, BoardVoice] | None:
    """Advisory boards on which somebody of a segment sat when the advice was given.

    How many is not told: a board is a handful of people.
    """
    if rules.attribute not in _OF_MEMBERS:
        return None
    members = PanelMember.objects.filter(
        panel__organisation_id=organisation_id, panel__kind=Panel.Kind.ADVISORY
    ).exclude(**{rules.attribute: ""})
    terms: dict[str, list[PanelMember]] = defaultdict(list)
    for member in members.select_related("panel"):
        terms[rules.segment_of(getattr(member, rules.attribute))].append(member)
    advice = list(
        Advice.objects.filter(
            organisation_id=organisation_id, panel__kind=Panel.Kind.ADVISORY
        ).select_related("panel")
    )
    return {name: _voice(terms[name], advice) for name in rules.names}


def _voice(members: list[PanelMember], advice: list[Advice]) -> BoardVoice:
    heard = [each for each in advice if any(_sat(member, each) for member in members)]
    boards = dict.fromkeys(member.panel.name for member in members)
    return BoardVoice(tuple(boards), tuple(heard[:_MOST_ADVICE]))


def _sat(member: PanelMember, advice: Advice) -> bool:
    day = advice.given_at.date()
    return member.panel_id == advice.panel_id and member.starts_on <= day <= member.ends_on

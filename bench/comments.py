"""Quality and speed of the comment engine beside VADER and a plain TF-IDF + linear SVM, in one run.

    python bench/comments.py [--rounds 3] [--speed-only]

Quality: five grouped folds of the labelled comments (one person, one wording on one side), the same
for everybody: our engine calibrated and thresholded on the other folds, VADER at its usual 0.05, a
plain TF-IDF of words and pairs with one linear SVM per theme, and with one for the three tones.
Speed: CPU time of this one process, on comments without boilerplate.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from wellheard.measures.text.encoder import CURRENT_ENCODER
from wellheard.measures.text.engine import load_engine
from wellheard.measures.text.labelled import NOT_POSSIBLE
from wellheard.measures.text.training.data import LabelledComments, read_labelled, read_transfer
from wellheard.measures.text.training.evaluate import assign_folds, cross_validate, judge
from wellheard.measures.text.training.figures import MIN_CASES, likeliest_tone, tone_of

DATA = Path(__file__).parents[1] / "data" / "comments"
BOILERPLATE = "Did not answer"
Ints = NDArray[np.int64]


def main() -> None:
    """Measure and print Markdown."""
    options = _options()
    comments = read_labelled(DATA / "comments-train.csv")
    texts = [d.text for d in comments.documents if d.text != BOILERPLATE]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"load average {os.getloadavg()[0]:.1f}, {time.strftime('%d %B %Y')}\n")
    _speed(texts, options.rounds)
    if not options.speed_only:
        with threadpool_limits(limits=1):
            _quality(comments)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--speed-only", action="store_true")
    return parser.parse_args()


def _speed(texts: list[str], rounds: int) -> None:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    began = time.perf_counter()
    engine = load_engine()
    loaded = time.perf_counter() - began
    both, vader = load_engine(encoder=CURRENT_ENCODER), SentimentIntensityAnalyzer()
    words = np.mean([len(text.split()) for text in texts])
    print(f"{len(texts):,} comments of {words:.1f} words on average.\n")
    print("| what | first round, comments/s and core | later rounds |\n| --- | --- | --- |")
    lines: list[tuple[str, Callable[[], object]]] = [
        ("our engine: all that `wellheard label` adds", lambda: engine.label(texts)),
        ("our engine, read closely", lambda: engine.label(texts, closely=True)),
        ("our engine with the encoder", lambda: both.label(texts)),
        ("VADER: sentiment alone", lambda: [vader.polarity_scores(text) for text in texts]),
        ("physical floor: each character read once", lambda: [sum(t.encode()) for t in texts]),
    ]
    for name, work in lines:
        rates = [len(texts) / _cpu(work) for _ in range(rounds)]
        print(f"| {name} | {rates[0]:,.0f} | {max(rates[1:] or rates):,.0f} |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nLoaded in {loaded:.2f} s; largest memory of this process {memory:.0f} MB.\n")


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _quality(comments: LabelledComments) -> None:
    transfer = read_transfer(DATA / "comments-phase1-train.csv")
    judged = judge(comments, cross_validate(comments, transfer))
    known = comments.sentiment > 0
    true = tone_of(comments.sentiment[known])
    plain, plain_tones = _plain(comments)
    print("| engine | themes micro F1 | without boilerplate | macro F1 | tone of three right |")
    print("| --- | --- | --- | --- | --- |")
    rows: Sequence[tuple[str, Ints | None, Ints | None]] = [
        ("our engine (linear)", judged.said, likeliest_tone(judged.sentiment[known])),
        ("TF-IDF words and pairs + linear SVM", plain, plain_tones[known]),
        ("VADER", None, _vader(comments)[known]),
    ]
    for name, said, tones in rows:
        themes = _theme_words(comments, said) if said is not None else "- | - | -"
        print(f"| {name} | {themes} | {float(np.mean(tones == true)):.3f} |")


def _theme_words(comments: LabelledComments, said: Ints) -> str:
    true = comments.themes
    topics = [i for i, code in enumerate(comments.labels) if code != NOT_POSSIBLE]
    each = 2 * (true * said).sum(0) / np.maximum(true.sum(0) + said.sum(0), 1)
    often = true.sum(0) >= MIN_CASES
    micro, bare = _micro(true, said), _micro(true[:, topics], said[:, topics])
    return f"{micro:.3f} | {bare:.3f} | {each[often].mean():.3f}"


def _micro(true: Ints, said: Ints) -> float:
    return float(2 * (true * said).sum() / (true.sum() + said.sum()))


def _plain(comments: LabelledComments) -> tuple[Ints, Ints]:
    """Themes and tones of a plain pipeline, each comment by a model that did not see its group."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    texts = [document.text for document in comments.documents]
    folds, tones = assign_folds(comments.groups), tone_of(comments.sentiment)
    said, told = np.zeros_like(comments.themes), np.zeros(len(comments), dtype=np.int64)
    for fold in np.unique(folds):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        seen = words.fit_transform([texts[i] for i in train])
        new = words.transform([texts[i] for i in test])
        for column in range(comments.themes.shape[1]):
            answers = comments.themes[train, column]
            if answers.sum() >= 2:
                said[test, column] = LinearSVC(random_state=1).fit(seen, answers).predict(new)
        labelled = comments.sentiment[train] > 0
        model = LinearSVC(random_state=1).fit(seen[labelled], tones[train][labelled])
        told[test] = model.predict(new)
    return said, told


def _vader(comments: LabelledComments) -> Ints:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    scores = [vader.polarity_scores(document.text)["compound"] for document in comments.documents]
    return np.array([0 if score >= 0.05 else 2 if score <= -0.05 else 1 for score in scores])


if __name__ == "__main__":
    main()

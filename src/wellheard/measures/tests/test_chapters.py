"""The worked examples run, and docs/measures is what they, the docstrings and the tests say."""

import doctest

import pytest

from wellheard.measures.tests.write_chapters import DOCS, HERE, chapters, pages


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_worked_example_gives_what_it_prints(chapter):
    path = HERE / "chapters" / f"{chapter.name}.txt"
    example = doctest.DocTestParser().get_doctest(
        path.read_text("utf-8"), {}, chapter.name, str(path), 0
    )
    report = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    failed, tried = runner.run(example, out=report.append)
    assert tried > 0
    assert failed == 0, "".join(report)


def test_pages_are_up_to_date():
    stored = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    again = "run python -m wellheard.measures.tests.write_chapters"
    for name, text in pages().items():
        assert stored.get(name) == text, f"{name} is out of date; {again}"
    assert set(stored) == set(pages())

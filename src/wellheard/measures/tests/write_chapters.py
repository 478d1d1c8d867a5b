"""Write docs/measures from the worked examples that the tests run, the docstrings and the tests.

Run: python -m wellheard.measures.tests.write_chapters
Each file in ``chapters`` starts with a title, the modules and the tests it is about; the rest is
text with examples that ``test_chapters`` executes.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
MEASURES = HERE.parent
DOCS = MEASURES.parents[2] / "docs" / "measures"


@dataclass(frozen=True)
class Chapter:
    name: str
    title: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    example: str


def chapters() -> list[Chapter]:
    return [read(path) for path in sorted((HERE / "chapters").glob("*.txt"))]


def read(path: Path) -> Chapter:
    title, modules, tests, example = path.read_text("utf-8").split("\n", 3)
    return Chapter(
        path.stem,
        title,
        tuple(modules.removeprefix(":modules:").split()),
        tuple(tests.removeprefix(":tests:").split()),
        example.strip("\n"),
    )


def pages() -> dict[str, str]:
    """Return every page of docs/measures by file name."""
    found = {f"{chapter.name}.md": page(chapter) for chapter in chapters()}
    return {"README.md": index(), **found}


def page(chapter: Chapter) -> str:
    parts = [
        f"# {chapter.title}",
        fenced(chapter.example),
        "## What there is",
        *(reference(f"wellheard.measures.{name}") for name in chapter.modules),
        "## What the tests show",
        "\n".join(f"- {sentence}" for name in chapter.tests for sentence in proven(name)),
    ]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    lines = [f"- [{chapter.title}]({chapter.name}.md)" for chapter in chapters()]
    return "\n".join(
        [
            "# The statistics library",
            "",
            "`wellheard.measures` stands alone: numpy and scipy, no web, no database. Arrays in,",
            "frozen dataclasses out; every result carries its n, an interval where one exists and",
            "the name of its method. Input that cannot give an honest number raises an error that",
            "names the argument and the reason. On the command line: `wellheard measures --help`.",
            "",
            "These pages are written by `python -m wellheard.measures.tests.write_chapters` from",
            "the worked examples that the tests run, the docstrings, and the tests themselves.",
            "Speed, coverage and false alarms: [bench/measures](../../bench/measures/RESULTS.md).",
            "",
            *lines,
            "",
            "## Rules kept as data",
            "",
            "| file | what | source | in force from |",
            "| --- | --- | --- | --- |",
            *(f"| {' | '.join(row)} |" for row in data_files()),
            "",
        ]
    )


def data_files() -> list[tuple[str, str, str, str]]:
    rows = []
    folders = (
        "spc", "instruments/data", "hcahps/tables", "vbp/standards", "risk", "risk/readmission"
    )  # fmt: skip
    for path in (path for folder in folders for path in sorted((MEASURES / folder).glob("*.json"))):
        page = json.loads(path.read_text("utf-8"))
        entries = page["rulesets"].values() if "rulesets" in page else [page]
        name = str(path.relative_to(MEASURES))
        rows += [(f"`{name}`", e["title"], e["source"], e["effective_from"]) for e in entries]
    return rows


def fenced(example: str) -> str:
    """Put runs of prompts and their output into code blocks."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", example):
        lines = block.split("\n")
        first = next((i for i, line in enumerate(lines) if line.startswith(">>>")), None)
        if first is None:
            blocks.append(block)
            continue
        if first:
            blocks.append("\n".join(lines[:first]))
        blocks.append("\n".join(["```python", *lines[first:], "```"]))
    return "\n\n".join(blocks)


def reference(name: str) -> str:
    """Return the public functions and classes of a module or package with their docstrings."""
    module = import_module(name)
    lines = [f"### `{name}`", "", inspect.getdoc(module) or ""]
    for public in public_names(module):
        thing = getattr(module, public)
        lines += ["", f"**`{public}{signature(thing)}`**", "", inspect.getdoc(thing) or ""]
    return "\n".join(lines)


def public_names(module: ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None) or [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]
    wanted = [name for name in listed if callable(getattr(module, name))]
    return sorted(
        (name for name in wanted if inspect.isfunction(getattr(module, name))), key=str.lower
    ) + sorted(name for name in wanted if inspect.isclass(getattr(module, name)))


def signature(thing: object) -> str:
    if not inspect.isfunction(thing):
        return ""
    return re.sub(r"'([^']*)'", r"\1", str(inspect.signature(thing)).split(" -> ")[0])


def proven(name: str) -> list[str]:
    """Turn the names of a module's tests into sentences."""
    tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
    names = [
        node.name.removeprefix("test_").replace("_", " ")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return [sentence[0].upper() + sentence[1:] for sentence in names]


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    written = pages()
    for old in DOCS.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

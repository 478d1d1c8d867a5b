"""The manner of the house, where a machine can tell."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "wellheard"
BANNED = {"utils", "helpers", "common", "misc", "manager", "service", "services", "core"}
SOURCES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not {"tests", "migrations"} & set(path.parts) and path.name != "conftest.py"
]
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}
# The clock is read at the edges only; everything below is told the moment.
MAY_READ_THE_CLOCK = {"views", "api", "tasks", "commands", "cli", "middleware", "panels", "doors"}
TEMPLATES = sorted(PACKAGE.rglob("*.html"))


def name(path):
    return str(path.relative_to(PACKAGE))


def test_modules_have_names_that_say_something():
    assert [name(path) for path in SOURCES if path.stem in BANNED] == []


def test_files_fit_a_few_screens():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > 450} == {}


def functions(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_functions_can_be_held_in_the_head():
    sizes = sorted(
        node.end_lineno - node.lineno + 1 for path in SOURCES for node in functions(path)
    )
    assert sizes[len(sizes) // 2] <= 10, "the median function has more than ten lines"
    long = sum(size > 50 for size in sizes) / len(sizes)
    assert long <= 0.04, f"{long:.1%} of functions have more than fifty lines"


def reads_clock(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if node.func.attr in CLOCKS and isinstance(owner, ast.Name | ast.Attribute):
                root = owner.attr if isinstance(owner, ast.Attribute) else owner.id
                converts = node.func.attr in {"localtime", "localdate"} and node.args
                if root in {"timezone", "datetime", "date"} and not converts:
                    yield node.lineno


def is_edge(path):
    parts = {*path.relative_to(PACKAGE).parts, path.stem}
    return (
        any(part.removesuffix(".py") in MAY_READ_THE_CLOCK for part in parts)
        or path.stem.endswith("_views")
        or path.is_relative_to(PACKAGE / "base" / "jobs")
        or "demonstration" in parts
    )


def test_clock_is_read_at_the_edges_only():
    inside = {name(p): list(reads_clock(p)) for p in SOURCES if not is_edge(p)}
    assert {path: lines for path, lines in inside.items() if lines} == {}


def forbidden_in(text):
    if " style=" in text or "<style" in text:
        yield "inline style"
    if " onclick=" in text or " onload=" in text:
        yield "inline handler"
    for part in text.split("<script")[1:]:
        head, _, body = part.partition(">")
        body = body.partition("</script>")[0]
        if "application/json" not in head and ("src=" not in head or body.strip()):
            yield "inline script"


def test_templates_have_nothing_the_content_policy_forbids():
    found = {name(p): list(forbidden_in(p.read_text("utf-8"))) for p in TEMPLATES}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_project_names_no_package_host_and_no_path_of_a_machine():
    words = [
        "pypi" + ".org",
        "npmjs" + ".org",
        "pythonhosted" + ".org",
        "/wo" + "rk/",
        "/ro" + "ot/",
    ]
    for path in [*ROOT.glob("requirements/*"), *ROOT.glob("*.*"), *ROOT.glob("script/*"), *SOURCES]:
        # in a second working tree ".git" is a file that git wrote
        if path.is_file() and path.name != ".git":
            text = path.read_text("utf-8", errors="ignore")
            assert not [word for word in words if word in text], path

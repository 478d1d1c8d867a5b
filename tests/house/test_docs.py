"""Documents say what is true: settings, links, commands."""

import re
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "wellheard"
PAGES = [p for p in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(p.parts)]
# Set by scripts for themselves or for one process; not for an operator.
INNER = {"WELLHEARD_TEST_PROCESSES", "WELLHEARD_CHROMIUM", "WELLHEARD_VENV", "WELLHEARD_BACKUP"}


def read_settings():
    names = set()
    for path in PACKAGE.rglob("*.py"):
        if "tests" not in path.parts:
            names |= set(re.findall(r"\"(WELLHEARD_[A-Z_]+)\"", path.read_text("utf-8")))
    return names - INNER


def test_documents_name_every_setting_and_no_other():
    told = set(
        re.findall(r"`(WELLHEARD_[A-Z_]+)`", (ROOT / "docs/operate/settings.md").read_text("utf-8"))
    )
    assert told - INNER == read_settings()


def broken_links(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
        outside = "://" in target or target.startswith("mailto:")
        if not outside and not (page.parent / target).exists():
            yield target


def test_documents_link_to_what_exists():
    found = {str(page.relative_to(ROOT)): list(broken_links(page)) for page in PAGES}
    assert {page: links for page, links in found.items() if links} == {}


def test_documents_house_page_names_files_that_exist():
    text = (ROOT / "docs/house.md").read_text("utf-8")
    named = re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|html|json))`", text)
    assert named, "the golden path names files"
    assert [path for path in named if not (PACKAGE / path).exists()] == []


def test_documents_readme_fits_one_screen():
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 60


def test_every_console_command_explains_itself():
    from wellheard.config.cli import _COMMANDS, cli

    for name in _COMMANDS:
        if name == "django":
            continue
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert shown.exit_code == 0, name
        assert "Usage:" in shown.output

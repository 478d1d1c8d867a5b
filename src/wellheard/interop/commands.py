"""Reading files from the console: ``wellheard import ...``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

REFUSED = 2
_MOST_SHOWN = 20


@click.group("import")
def import_() -> None:
    """Read files into Wellheard: comments, responses, visits, medicines, costs, CMS results.

    A file is taken whole or not at all; a refusal names lines and reasons and exits with 2.
    """


_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_COLUMN = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Read our column from theirs, for example --column text=Feedback. May be repeated.",
)
_ORGANISATION = click.option("--organisation", help="Its short name, when there are several.")


@import_.command()
@_FILE
@_COLUMN
@_ORGANISATION
@_JSON
def comments(file: Path, columns: tuple[str, ...], organisation: str, as_json: bool) -> None:
    """Patients' comments from a CSV (or XLSX) FILE.

    Needs one column: text. Uses, when there: received_at, place, site, rating, question,
    question_type, language, comment_id, respondent_id. Others are ignored, by name.
    """
    _table("comments", file, columns, organisation, as_json)


@import_.command()
@_FILE
@_COLUMN
@_ORGANISATION
@_JSON
def responses(file: Path, columns: tuple[str, ...], organisation: str, as_json: bool) -> None:
    """Survey responses from a CSV (or XLSX) FILE, one row each.

    Columns: response_id, received_at, site, place, instrument, mode, language, age_band, sex,
    ethnicity, payer, the item codes of the instrument (rating, recommend, nurse_listen, ...),
    comment. Unknown places are created under their site.
    """
    _table("responses", file, columns, organisation, as_json)


@import_.command()
@_FILE
@_COLUMN
@_ORGANISATION
@_JSON
def visits(file: Path, columns: tuple[str, ...], organisation: str, as_json: bool) -> None:
    """Stays and appointments from a CSV (or XLSX) FILE, one row each.

    Needs two columns: place, kind (inpatient, ambulatory, emergency, day_surgery, telehealth).
    Uses, when there: visit_id, site, status, booked_at, scheduled_at, arrived_at, ended_at,
    discharge_to, service_line, exclusion, distance_km, language, age, age_band, born_on, died_on,
    sex, ethnicity, payer, and who it was: patient_id, name, email, phone, address. A telephone
    number or e-mail address that cannot be read is left out and named by line; the visit is kept.
    """
    _table("visits", file, columns, organisation, as_json)


@import_.command()
@_FILE
@_COLUMN
@_ORGANISATION
@_JSON
def adherence(file: Path, columns: tuple[str, ...], organisation: str, as_json: bool) -> None:
    """On how many days people had their medicine, from a CSV (or XLSX) FILE, one row each.

    Needs: patient_id, starts_on (first day of the span), days, days_covered, reminded (yes or
    no). Uses, when there: design (observational, before_after, randomised), programme, medicine,
    place, site, age_band, sex, payer. Before-after files hold two rows for each person.
    """
    _table("adherence", file, columns, organisation, as_json)


@import_.command()
@_FILE
@_COLUMN
@_ORGANISATION
@_JSON
def costs(file: Path, columns: tuple[str, ...], organisation: str, as_json: bool) -> None:
    """Monthly figures of cost from a CSV (or XLSX) FILE, one month a row.

    Needs: month (2026-03), title, amount (1234.50), unit. Uses, when there: n (counted over how
    many), source. A month told anew with another amount replaces the one before.
    """
    _table("costs", file, columns, organisation, as_json)


@import_.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_ORGANISATION
@_JSON
def cms(files: tuple[Path, ...], organisation: str, as_json: bool) -> None:
    """Published CMS results (hospital, state, national) from FILES into the benchmark store."""
    home = _organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.interop.cms.actions import import_cms
    from wellheard.interop.csvfiles.codec import FileRefusedError

    told: list[dict[str, Any]] = []
    for file in files:
        try:
            data = _read(file)
            by = Actor.system(home.pk, "console")
            loaded = import_cms(data, file.name, by=by, at=timezone.now())
            told.append({"ok": True, **loaded.as_dict()})
        except FileRefusedError as error:
            told.append({"ok": False, "file": file.name, "reason": str(error)})
        if not as_json:
            click.echo(_cms_line(told[-1]), err=not told[-1]["ok"])
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    if not all(one["ok"] for one in told):
        sys.exit(REFUSED)


@import_.command()
@_FILE
@click.option("--year", required=True, help="The calendar year the file counts.")
@click.option("--ours", required=True, help="CMS numbers of our hospitals, commas between them.")
@_ORGANISATION
@_JSON
def share(file: Path, year: str, ours: str, organisation: str, as_json: bool) -> None:
    """A Hospital Service Area FILE of CMS: whose Medicare patients live where.

    Only areas in which one of our hospitals treated somebody are kept. The newest file of a year
    holds.
    """
    home = _organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.interop.csvfiles.actions import RowsRefusedError
    from wellheard.interop.csvfiles.codec import FileRefusedError
    from wellheard.interop.servicearea.actions import import_share

    try:
        by = Actor.system(home.pk, "console")
        seen = import_share(_read(file), file.name, year=year, ours=ours, by=by, at=timezone.now())
    except FileRefusedError as error:
        _refuse_file(file, str(error), as_json)
    except RowsRefusedError as error:
        _refuse_rows(file, [fault.as_dict() for fault in error.faults], as_json)
    if as_json:
        click.echo(json.dumps({"ok": True, **seen.as_dict()}, ensure_ascii=False))
        return
    click.echo(
        f"{file.name}: {seen.kept} cells of {seen.areas} areas and {seen.hospitals} hospitals "
        f"kept for {seen.year}, {seen.not_published} not published, of {seen.rows} rows."
    )


@import_.command()
@_FILE
@_ORGANISATION
def population(file: Path, organisation: str) -> None:
    """How many people of each group live in the area, from a CSV FILE.

    Columns: attribute (language, age_band, sex, ethnicity, payer, or site for the area around
    one, by its code), group, people, as_of (a date), source. Replaces counts of the same group.
    """
    home = _organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.interop.csvfiles.population import PopulationFileError, read_population
    from wellheard.understand.equity.actions import record_population

    try:
        rows = read_population(_read(file))
        by = Actor.system(home.pk, "console")
        count = record_population(rows, by=by, at=timezone.now())
    except (PopulationFileError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    click.echo(f"Kept: {count} counts.")


@import_.command()
@click.argument("batch")
@_ORGANISATION
def undo(batch: str, organisation: str) -> None:
    """Take the import BATCH back (its id was printed when it was made)."""
    home = _organisation(organisation)
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.interop.csvfiles.actions import CannotUndoError, undo_import
    from wellheard.interop.csvfiles.models import ImportBatch

    try:
        found = ImportBatch.objects.get(organisation=home, batch=batch)
        count = undo_import(found, by=Actor.system(home.pk, "console"), at=timezone.now())
    except (ImportBatch.DoesNotExist, ValidationError):
        raise click.ClickException(f"there is no import {batch}") from None
    except CannotUndoError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Taken back: {count} rows.")


def _table(
    kind: str, file: Path, columns: tuple[str, ...], organisation: str, as_json: bool
) -> None:
    home = _organisation(organisation)
    from django.utils import timezone

    from wellheard.base.audit.actor import Actor
    from wellheard.interop.csvfiles import actions
    from wellheard.interop.csvfiles.codec import FileRefusedError, open_table, read_table

    take = _taking(kind)
    try:
        data = _read(file)
        # A million rows are read as they are used; what is small is there at once.
        table = open_table(data) if kind == "responses" else read_table(data)
        layout = _layout(kind, table.header, columns)
        done = take(
            table,
            layout,
            actions.FileFacts.of(file.name, data),
            organisation=home,
            by=Actor.system(home.pk, "console"),
            at=timezone.now(),
        )
    except FileRefusedError as error:
        _refuse_file(file, str(error), as_json)
    except actions.RowsRefusedError as error:
        _refuse_rows(file, [fault.as_dict() for fault in error.faults], as_json)
    else:
        _tell(file, done.as_dict(), as_json)


def _taking(kind: str) -> Callable[..., Any]:
    """The action that takes a table of this kind; each lies in a module of its own name, or
    with all the others."""
    from importlib import import_module

    own = {"visits", "adherence", "costs"}
    module = import_module(f"wellheard.interop.csvfiles.{kind if kind in own else 'actions'}")
    found: Callable[..., Any] = getattr(module, f"import_{kind}")
    return found


def _layout(kind: str, header: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """Exact names, as nobody is there to confirm a guess; --column says the rest."""
    from wellheard.interop.csvfiles import rules
    from wellheard.interop.csvfiles.actions import response_items

    known = [*rules.columns()[kind], *(response_items() if kind == "responses" else ())]
    used = {name: name for name in known if name in header}
    for pair in columns:
        ours, _, theirs = pair.partition("=")
        if ours not in known:
            raise click.UsageError(f"--column: {ours!r} is not one of {', '.join(known)}")
        used[ours] = theirs
    return rules.choose_layout(kind, header, used)


def _organisation(slug: str) -> Any:
    """The organisation that the file belongs to. On a fresh machine the database and a first
    organisation are made, so that a newcomer's first command works."""
    import django

    django.setup()
    from django.utils import timezone

    from wellheard.base.tables.making import make_database

    make_database()
    from wellheard.people.places.actions import first_organisation
    from wellheard.people.places.queries import WhichOrganisationError, the_organisation

    try:
        return first_organisation(at=timezone.now()) or the_organisation(slug)
    except WhichOrganisationError as error:
        raise click.ClickException(f"{error} (--organisation)") from None


def _read(file: Path) -> bytes:
    from wellheard.interop.csvfiles.codec import FileRefusedError, limits

    try:
        if file.stat().st_size > limits()["largest_file_bytes"]:
            raise FileRefusedError(
                f"the file is larger than {limits()['largest_file_bytes'] // 1_000_000} MB"
            )
        return file.read_bytes()
    except OSError as error:
        raise FileRefusedError(f"cannot be opened ({error.strerror})") from error


def _tell(file: Path, done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": True, "file": file.name, **done}, ensure_ascii=False))
        return
    click.echo(
        f"{file.name}: {done['imported']} imported, {done['duplicates']} known already, "
        f"{done['empty']} empty, of {done['rows']} rows."
    )
    if done.get("moved_on"):
        click.echo(f"Of the imported, {done['moved_on']} were known and are now further.")
    for remark in done.get("remarks", ())[:_MOST_SHOWN]:
        click.echo(f"  line {remark['line']}, {remark['column']}: {remark['reason']}")
    if len(done.get("remarks", ())) > _MOST_SHOWN:
        click.echo(f"  and {len(done['remarks']) - _MOST_SHOWN} more (--json names all)")
    if done["ignored"]:
        click.echo(f"Ignored columns: {', '.join(done['ignored'])}")
    click.echo(f"To take it back: wellheard import undo {done['batch']}")


def _refuse_file(file: Path, reason: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"ok": False, "file": file.name, "reason": reason, "errors": []}))
    else:
        click.echo(f"{file.name}: refused: {reason}. Nothing was imported.", err=True)
    sys.exit(REFUSED)


def _refuse_rows(file: Path, faults: list[dict[str, Any]], as_json: bool) -> NoReturn:
    reason = f"{len(faults)} faults in the rows"
    if as_json:
        told = {"ok": False, "file": file.name, "reason": reason, "errors": faults}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"{file.name}: refused: {reason}. Nothing was imported.", err=True)
        for fault in faults[:_MOST_SHOWN]:
            click.echo(f"  line {fault['line']}, {fault['column']}: {fault['reason']}", err=True)
        if len(faults) > _MOST_SHOWN:
            click.echo(f"  and {len(faults) - _MOST_SHOWN} more (--json names all)", err=True)
    sys.exit(REFUSED)


def _cms_line(told: dict[str, Any]) -> str:
    if not told["ok"]:
        return f"{told['file']}: refused: {told['reason']}"
    if told["footnotes"]:
        return f"{told['file']}: {told['footnotes']} footnotes"
    if not told["figures"]:
        return f"{told['file']}: nothing to keep: {told['release']}"
    return (
        f"{told['file']}: {told['figures']} figures of {told['entities']} ({told['survey']}, "
        f"{told['release']}); {told['not_published']} not published"
    )

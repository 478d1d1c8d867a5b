"""One backup: database, uploaded files and audit anchors in one sealed file, with a manifest."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from wellheard.base.audit.queries import anchors_file, verify_all
from wellheard.config.backups import snapshot
from wellheard.config.backups.sealed import BadBackup, SealedReader, SealedWriter


@dataclass(frozen=True, slots=True)
class Result:
    """What was backed up or brought back: rows per table and the file's size in bytes."""

    taken_at: str
    rows: dict[str, int]
    size: int

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def make(target: Path, *, now: datetime) -> Result:
    """Write a backup to ``target``: all of it or, after any fault, nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / "database"
        snapshot.dump(dump)
        manifest = _manifest(now)
        fresh = Path(scratch) / "sealed"
        with fresh.open("wb") as file:
            sealed = SealedWriter(file, settings.VAULT_MASTER_KEY)
            _pack(sealed, manifest, dump)
            sealed.finish()
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o600)
        fresh.replace(target)
    return Result(manifest["taken_at"], manifest["rows"], target.stat().st_size)


def bring_back(source: Path) -> Result:
    """Replace the present data with the backup's, then prove it: counts and audit chains.

    The whole file is opened and checked before anything is touched. Raises BadBackup.
    """
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as scratch:
        folder = Path(scratch)
        _unpack(source, folder)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        _same_kind(manifest)
        snapshot.put_back(folder / "database")
        _put_files_back(folder)
    return _proven(manifest, source)


def _manifest(now: datetime) -> dict[str, Any]:
    return {
        "taken_at": now.isoformat(),
        "version": version("wellheard"),
        "database": "sqlite" if snapshot.is_sqlite() else "postgresql",
        "rows": snapshot.counts(),
    }


def _pack(sealed: SealedWriter, manifest: dict[str, Any], dump: Path) -> None:
    # Level 3: a backup should be quick; the rest of the size is in photographs already packed.
    with (
        gzip.GzipFile(fileobj=cast(Any, sealed), mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        text = json.dumps(manifest).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
        tar.add(dump, "database")
        if anchors_file().exists():
            tar.add(anchors_file(), "audit-anchors.jsonl")
        if Path(settings.FILES).exists():
            tar.add(settings.FILES, "files")


def _unpack(source: Path, folder: Path) -> None:
    with source.open("rb") as file:
        reader = SealedReader(file, settings.VAULT_MASTER_KEY)
        try:
            with tarfile.open(fileobj=reader, mode="r|gz") as tar:  # type: ignore[call-overload]  # a reader is all it needs
                tar.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise BadBackup(f"the backup cannot be read: {error}") from error
    if not (folder / "manifest.json").exists() or not (folder / "database").exists():
        raise BadBackup("the backup holds no database")


def _same_kind(manifest: dict[str, Any]) -> None:
    here = "sqlite" if snapshot.is_sqlite() else "postgresql"
    if manifest["database"] != here:
        raise BadBackup(f"the backup is of {manifest['database']}, this installation uses {here}")


def _put_files_back(folder: Path) -> None:
    for name, target in (
        ("files", Path(settings.FILES)),
        ("audit-anchors.jsonl", anchors_file()),
    ):
        if (folder / name).exists():
            _swap(folder / name, target)


def _swap(fresh: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.before-restore")
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    if old.is_dir():
        for path in sorted(old.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        old.rmdir()
    else:
        old.unlink(missing_ok=True)


def _proven(manifest: dict[str, Any], source: Path) -> Result:
    rows = snapshot.counts()
    wrong = [name for name, count in manifest["rows"].items() if rows.get(name) != count]
    if wrong:
        raise BadBackup(f"restored, but the row counts differ in: {', '.join(wrong)}")
    broken = [one for one in verify_all() if one.broken]
    if broken:
        raise BadBackup(f"restored, but the audit trail is broken at {broken[0].broken}")
    return Result(manifest["taken_at"], rows, source.stat().st_size)

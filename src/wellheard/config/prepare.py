"""What must be in place before pages are served: the database's shape and the static files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def prepare() -> None:
    """Migrate and gather static files; quick when nothing changed. Django must be ready."""
    from wellheard.base.tables.making import make_database

    make_database()
    gather_static()


def gather_static() -> None:
    """Copy, fingerprint and compress the static files when one of them changed."""
    from django.conf import settings
    from django.core.management import call_command

    target = Path(settings.STATIC_ROOT)
    stamp = target / ".fingerprint"
    now = _fingerprint([Path(folder) for folder in settings.STATICFILES_DIRS])
    if stamp.exists() and stamp.read_text("ascii") == now:
        return
    target.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now, "ascii")


def _fingerprint(folders: list[Path]) -> str:
    seen = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                facts = path.stat()
                seen.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns};".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    from wellheard.config.commands.bootstrap import ready

    ready()
    gather_static()

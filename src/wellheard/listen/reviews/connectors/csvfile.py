"""A CSV file behind an address, or one that somebody brought."""

from __future__ import annotations

from wellheard.listen.reviews.codec import read_csv
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.transport import fetch


def pull(outlet: Outlet) -> Pulled:
    got = fetch(outlet.address, etag=outlet.etag, modified=outlet.modified)
    if got.body is None:
        return Pulled(unchanged=True, etag=got.etag, modified=got.modified)
    return read_brought(outlet, got.body, etag=got.etag, modified=got.modified)


def read_brought(outlet: Outlet, body: bytes, *, etag: str = "", modified: str = "") -> Pulled:
    """The file's entries; ``mapping["complete"]`` says whether it holds everything there is."""
    page = read_csv(body, outlet.mapping)
    complete = bool(outlet.mapping.get("complete")) and not page.broken
    return Pulled(page.entries, complete, page.broken, etag=etag, modified=modified)

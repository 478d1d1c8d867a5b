"""An RSS or Atom feed: the newest entries of an outlet."""

from __future__ import annotations

from wellheard.listen.reviews.codec import read_feed
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.transport import fetch


def pull(outlet: Outlet) -> Pulled:
    got = fetch(outlet.address, etag=outlet.etag, modified=outlet.modified)
    if got.body is None:
        return Pulled(unchanged=True, etag=got.etag, modified=got.modified)
    page = read_feed(got.body)
    return Pulled(page.entries, False, page.broken, etag=got.etag, modified=got.modified)

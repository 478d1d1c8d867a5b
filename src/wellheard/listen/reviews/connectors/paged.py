"""JSON pages, one after another, with the names of their fields as data."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from wellheard.listen.reviews.codec import read_json
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.rules import Entry
from wellheard.listen.reviews.transport import FetchError, fetch


def pull(outlet: Outlet) -> Pulled:
    """Every page. Only a first page that is unchanged ends it early; a later page that fails
    fails the whole, so that half a list is never taken for all of it."""
    first = fetch(outlet.address, etag=outlet.etag, modified=outlet.modified)
    if first.body is None:
        return Pulled(unchanged=True, etag=first.etag, modified=first.modified)
    limits = public_policy().pull
    entries: list[Entry] = []
    broken, body, address, asked = 0, first.body, outlet.address, {outlet.address}
    while True:
        page = read_json(body, outlet.mapping)
        entries += page.entries
        broken += page.broken
        if not page.next:
            break
        address = urljoin(address, page.next)
        if urlsplit(address).netloc != urlsplit(outlet.address).netloc:
            raise FetchError("other-host")
        if address in asked or len(asked) >= limits["most_pages"]:
            raise FetchError("too-many-pages")
        asked.add(address)
        body = fetch(address).body or b""
    complete = bool(outlet.mapping.get("complete")) and not broken
    # With several pages an unchanged first one says nothing of the others: ask again each time.
    one = len(asked) == 1
    return Pulled(entries, complete, broken, etag=first.etag if one else "",
                  modified=first.modified if one else "")  # fmt: skip

"""How patient pages are entered: without cookies, from our own pages only, and never too big.

A page that sets no cookie cannot use the usual token against forged requests, and has nothing a
forged request could borrow: nobody is signed in, and a draft is opened by the secret in its
address. What remains is another site posting cards through a visitor's browser. Browsers say
where a request comes from (Sec-Fetch-Site; before 2023 at least Origin), and that is asked here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wellheard.base.pages.errors import error_page
from wellheard.people.access.doors import public

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# What a shared screen of ours is known by: which kiosk it is, and nothing of who stands there.
KIOSK_COOKIE = "__Host-kiosk" if settings.SESSION_COOKIE_SECURE else "wellheard-kiosk"
_FORM_LARGEST = 1_900_000
_UPLOAD_LARGEST = 40_000_000


def patient_page(why: str) -> Callable[[View], View]:
    """A page for everybody: cookieless, same-site for POST, with a cap on what is sent."""

    def mark(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = _refused(request) if request.method == "POST" else None
            if refused is not None:
                return refused
            try:
                return view(request, *args, **kwargs)
            except RequestDataTooBig:
                return error_page(request, 413)

        return cast(View, public(why)(csrf_exempt(entered)))

    return mark


def _refused(request: HttpRequest) -> HttpResponse | None:
    if not is_same_site(request):
        return error_page(
            request,
            403,
            detail=_("This was sent from another website. Open our page and try again."),
        )
    length = request.META.get("CONTENT_LENGTH") or "0"
    uploads = request.content_type == "multipart/form-data"
    largest = _UPLOAD_LARGEST if uploads else _FORM_LARGEST
    too_big = not length.isdecimal() or int(length) > largest
    return error_page(request, 413) if too_big else None


def is_kiosk(request: HttpRequest) -> bool:
    """Whether this is a shared screen of ours: what is over there leads back to its beginning."""
    return KIOSK_COOKIE in request.COOKIES


def is_same_site(request: HttpRequest) -> bool:
    """Whether a POST comes from one of our own pages (or from no page at all)."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return origin in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)

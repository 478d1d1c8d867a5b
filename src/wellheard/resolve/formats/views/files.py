"""Giving out a format as a file, whole or the part a player asks for."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.formats.actions import PIECE, read_piece
from wellheard.resolve.formats.models import FormatFile
from wellheard.resolve.formats.presenters import title_of
from wellheard.resolve.formats.rules.videos import byte_range
from wellheard.resolve.formats.source import (
    PAPER_KINDS,
    has_format,
    newest_file,
    pdf_of,
    sound_of,
)
from wellheard.resolve.formats.speech import SpeechMissingError


def give(request: HttpRequest, dispatch: LetterDispatch, kind: str) -> HttpResponseBase:
    """The file of a format. Raises Http404 for one that does not exist."""
    if kind in PAPER_KINDS:
        if not has_format(dispatch, kind):
            raise Http404
        body = pdf_of(dispatch, kind, title_of(dispatch))
        return _named(HttpResponse(body, content_type="application/pdf"), dispatch, kind, "pdf")
    if kind not in ("audio", "signed"):
        raise Http404
    recorded = newest_file(dispatch, kind)
    if recorded is not None:
        return _recorded(request, recorded)
    if kind == "signed":
        raise Http404
    try:
        sound = sound_of(dispatch)
    except SpeechMissingError:
        raise Http404 from None
    return _spoken(request, sound, dispatch)


def _spoken(request: HttpRequest, sound: bytes, dispatch: LetterDispatch) -> HttpResponse:
    """Speech, whole or in part: some players play nothing that cannot be had in parts."""
    try:
        span = byte_range(request.headers.get("Range", ""), len(sound))
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
    first, last = span or (0, len(sound) - 1)
    answer = HttpResponse(sound[first : last + 1], content_type="audio/wav")
    if span is not None:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{len(sound)}"
    answer["Accept-Ranges"] = "bytes"
    return _named(answer, dispatch, "audio", "wav")


def _recorded(request: HttpRequest, file: FormatFile) -> HttpResponseBase:
    try:
        span = byte_range(request.headers.get("Range", ""), file.size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    first, last = span or (0, file.size - 1)
    answer = StreamingHttpResponse(_pieces(file, first, last), content_type=file.content_type)
    answer["Content-Length"] = str(last - first + 1)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    if span is not None:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return answer


def _pieces(file: FormatFile, first: int, last: int) -> Iterator[bytes]:
    for number in range(first // PIECE, last // PIECE + 1):
        start = number * PIECE
        yield read_piece(file, number)[max(0, first - start) : last - start + 1]


def _named(answer: HttpResponse, dispatch: LetterDispatch, kind: str, ending: str) -> HttpResponse:
    name = f"{dispatch.case.reference}-{kind}.{ending}"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer

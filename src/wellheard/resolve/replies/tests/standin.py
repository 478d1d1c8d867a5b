"""An outlet's program on this machine: real HTTP, with bearer tokens, keys and bad days on order.

``PUT …/reviews/{id}/reply {"comment"}`` as the business profile API has it, and
``POST … {"review_id", "text", "language"}`` with an ``Idempotency-Key``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "secret-of-the-outlet"


class StandIn:
    """``shown``: every reply that was put up, in order (the same key again puts up nothing).
    ``bad_days``: what to do with the next requests: a status, or "hang-up" (take it, then break
    the line before answering)."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.bad_days: list[int | str] = []
        self.asked = 0
        self._known: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/v4/reviews"

    @contextmanager
    def running(self) -> Iterator[StandIn]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def forget(self) -> None:
        self.shown, self.keys, self.bad_days, self.asked = [], [], [], 0
        self._known = {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outlet.answer(self)

            def do_POST(self) -> None:
                outlet.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def answer(self, line: BaseHTTPRequestHandler) -> None:
        body = json.loads(line.rfile.read(int(line.headers["Content-Length"])))
        self.asked += 1
        self.keys.append(line.headers["Idempotency-Key"])
        if line.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._say(line, 401, {})
        day = self.bad_days.pop(0) if self.bad_days else 200
        if isinstance(day, int) and day >= 300:
            return self._say(line, day, {"error": "bad day"})
        said = self._take(line, body)
        if day == "hang-up":
            line.connection.close()
            return None
        return self._say(line, 200, said)

    def _take(self, line: BaseHTTPRequestHandler, body: dict[str, str]) -> dict[str, str]:
        if line.command == "PUT":
            review, text = unquote(line.path.split("/")[-2]), body["comment"]
            if self._known.get(review) != text:
                self.shown.append((review, text))
            self._known[review] = text
            return {"comment": text, "updateTime": "2026-03-04T15:30:00Z"}
        key = line.headers["Idempotency-Key"]
        if key not in self._known:
            self._known[key] = body["text"]
            self.shown.append((body["review_id"], body["text"]))
        return {"id": f"r-{len(self.shown)}", "url": "https://reviews.example/r/1"}

    @staticmethod
    def _say(line: BaseHTTPRequestHandler, status: int, said: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        line.send_response(status)
        if status == 302:
            line.send_header("Location", "http://127.0.0.1:9/elsewhere")
        line.send_header("Content-Length", str(len(body)))
        line.end_headers()
        line.wfile.write(body)

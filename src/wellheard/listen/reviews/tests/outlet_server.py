"""An outlet on this machine: real HTTP, with an outlet's bad days on order."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """What one path answers. ``drip``: send this many bytes and then keep the line open;
    ``cut``: promise the whole and send half."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: int = 0
    cut: bool = False


class OutletServer:
    """Pages by path; every request is noted with whether it was answered 304."""

    def __init__(self) -> None:
        self.pages: dict[str, Served] = {}
        self.asked: list[tuple[str, int]] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[OutletServer]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def serve(self, path: str, body: str | bytes, **how: Any) -> str:
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = Served(content, **how)
        return self.address + path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outlet.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def answer(self, line: BaseHTTPRequestHandler) -> None:
        page = self.pages.get(line.path, Served(status=404))
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
        same = page.status == 200 and line.headers.get("If-None-Match") == etag
        status = 304 if same else page.status
        self.asked.append((line.path, status))
        line.send_response(status)
        for name, value in {"ETag": etag, **page.headers}.items():
            line.send_header(name, value)
        body = b"" if same else page.body
        line.send_header("Content-Length", str(len(body)))
        line.end_headers()
        if page.drip:
            line.wfile.write(body[: page.drip])
            line.wfile.flush()
            self.over.wait(20)
        else:
            line.wfile.write(body[: len(body) // 2] if page.cut else body)

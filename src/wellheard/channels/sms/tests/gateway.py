"""A text gateway on this machine: real HTTP, with a gateway's bad days on order."""

from __future__ import annotations

import base64
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode

from wellheard.channels.sms.signature import signature

ACCOUNT, TOKEN = "AC0123456789", "a-token-of-tests"


@dataclass
class Turn:
    """How the next post is dealt with. ``status`` 201 takes it; ``silent`` takes it and then
    closes the line without an answer; ``delay``: seconds before anything."""

    status: int = 201
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    silent: bool = False


@dataclass
class Text:
    """A text the gateway took."""

    sid: str
    key: str
    fields: dict[str, str]


class Gateway:
    """What it took, and what it will do next."""

    def __init__(self, *, knows_keys: bool = True) -> None:
        self.knows_keys = knows_keys
        self.turns: deque[Turn] = deque()
        self.texts: list[Text] = []
        self.posts = 0
        self.logins: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[Gateway]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def take(self, key: str, fields: dict[str, str]) -> Text:
        with self._lock:
            known = next((t for t in self.texts if self.knows_keys and t.key == key), None)
            if known is None:
                known = Text(f"SM{next(self._numbers):08d}", key, fields)
                self.texts.append(known)
            return known

    def next_turn(self) -> Turn:
        with self._lock:
            self.posts += 1
            return self.turns.popleft() if self.turns else Turn()

    def report(self, text: Text, status: str, code: str = "") -> int:
        """Call back about a text; the HTTP status of the answer."""
        return post_signed(
            text.fields["StatusCallback"],
            {"MessageSid": text.sid, "MessageStatus": status, "ErrorCode": code},
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                turn = gateway.next_turn()
                time.sleep(turn.delay)
                gateway.logins.append(self.headers.get("Authorization", ""))
                fields = dict(parse_qsl(body))
                if turn.status != 201:
                    self._answer(turn.status, {"code": turn.code, "message": "no"}, turn.headers)
                    return
                text = gateway.take(self.headers.get("Idempotency-Key", ""), fields)
                if not turn.silent:
                    self._answer(201, {"sid": text.sid, "status": "queued"}, {})

            def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                """Silent: the tests look at what was taken."""

        return Handler


def login_of(account: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()


def post_signed(address: str, fields: dict[str, str], *, token: str = TOKEN) -> int:
    """Post a form as the gateway does, signed; the HTTP status of the answer."""
    signed = signature(token, address, {name: [value] for name, value in fields.items()})
    request = urllib.request.Request(
        address, data=urlencode(fields).encode(), headers={"X-Twilio-Signature": signed}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)

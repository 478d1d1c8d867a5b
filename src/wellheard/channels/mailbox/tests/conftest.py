"""A real IMAP server on this machine (Dovecot), and mails to put into it."""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from wellheard.channels.email.tests.conftest import certificate, free_port

__all__ = ["certificate"]
PASSWORD = "a-secret"
ACCOUNT = "nobody" if os.getuid() == 0 else ""

CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    """Where it listens, and a door of its own to put mails in and look at marks."""

    port: int
    folder: Path
    user: str = ""

    def _open(self) -> imaplib.IMAP4_SSL:
        trust = ssl.create_default_context(cafile=self.folder / "cert.pem")
        box = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trust, timeout=10)
        box.login(self.user, PASSWORD)
        box.select("INBOX")
        return box

    def deliver(self, mail: EmailMessage | bytes, *, on: float = 1_772_637_000.0) -> None:
        """Put a mail into the mailbox, as if it had arrived ``on`` (seconds since 1970)."""
        with self._open() as box:
            when = imaplib.Time2Internaldate(on)
            box.append("INBOX", "", when, bytes(mail))

    def seen(self) -> list[bool]:
        """Of every mail in order: is it marked as seen?"""
        with self._open() as box:
            everything = box.search(None, "ALL")[1][0].split()
            seen = set(box.search(None, "SEEN")[1][0].split())
        return [number in seen for number in everything]

    def open_in_a_mail_program(self) -> None:
        with self._open() as box:
            box.store("1:*", "+FLAGS", "\\Seen")


@pytest.fixture(scope="session")
def dovecot(certificate: tuple[Path, Path]) -> Iterator[ImapServer]:
    """One server for all tests; each test has an account of its own."""
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(program).exists():
        pytest.skip("Dovecot is not installed: nothing is tried against a real mailbox")
    import grp
    import pwd

    folder, port = Path(tempfile.mkdtemp(prefix="wellheard-imap-")), free_port()
    account = pwd.getpwnam(ACCOUNT) if ACCOUNT else pwd.getpwuid(os.getuid())
    for source in certificate:
        shutil.copy(source, folder / source.name)
    group = grp.getgrgid(account.pw_gid).gr_name
    page = CONFIGURATION.format(
        folder=folder, user=account.pw_name, group=group, password=PASSWORD, port=port
    )
    (folder / "dovecot.conf").write_text(page)
    if ACCOUNT:
        folder.chmod(0o755)
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
    extra = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if ACCOUNT else {}
    server = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **extra,
    )
    try:
        _await(port, server, folder)
        yield ImapServer(port, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    for _try in range(300):
        if server.poll() is not None:
            log = folder / "log"
            raise RuntimeError(log.read_text() if log.exists() else "Dovecot did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Dovecot does not listen")


@pytest.fixture
def mailbox(dovecot: ImapServer, settings: Any, request: pytest.FixtureRequest) -> ImapServer:
    """An empty mailbox, and settings that point at it."""
    name = f"care-{abs(hash(request.node.nodeid))}-{os.getpid()}"
    settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", dovecot.port
    settings.IMAP_USER, settings.IMAP_PASSWORD = name, PASSWORD
    settings.IMAP_SECURITY, settings.IMAP_FOLDER = "tls", "INBOX"
    settings.IMAP_ORGANISATION = ""
    settings.CHANNEL_CA_FILE = str(dovecot.folder / "cert.pem")
    settings.EMAIL_FROM = "care@riverbend.example"
    settings.EMAIL_REPLY_TO = "care@riverbend.example"
    return ImapServer(dovecot.port, dovecot.folder, name)


def letter(
    text: str = "Nobody answered the bell for forty minutes.",
    *,
    subject: str = "Ward 7 last night",
    sender: str = "Rosa Diaz <rosa.diaz@example.org>",
    message_id: str = "<one@example.org>",
    headers: dict[str, str] | None = None,
    files: list[tuple[str, str, bytes]] | None = None,
) -> EmailMessage:
    """A mail as a mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "care@riverbend.example"
    mail["Subject"], mail["Message-ID"] = subject, message_id
    mail["Date"] = "Wed, 4 Mar 2026 15:00:00 +0000"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    for name, kind, content in files or []:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail

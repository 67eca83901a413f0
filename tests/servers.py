"""A PostgreSQL of the tests' own: made in a folder, reached by a socket there, ended with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Missing", "server"]

# What makes a server quick and is of no use to anybody who wants to keep what is in it.
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses='' -c max_connections=60"


class Missing(Exception):
    """There is no PostgreSQL here, or it does not start; the message says why."""


def _programs() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    places = ([Path(on_path).parent] if on_path else []) + sorted(found, key=lambda path: path.parent.name)
    if not places:
        raise Missing("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return places[-1]


def _user() -> pwd.struct_passwd | None:
    """The user to run as: a server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("PostgreSQL does not run as root, and there is no other user")


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a new server, without the database's name. Raises Missing."""
    programs, user = _programs(), _user()
    # The path of a socket may have some hundred characters: not below pytest's long folders.
    folder = Path(tempfile.mkdtemp(prefix="paraph-pg-"))
    given = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*command: str) -> None:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **given
        )
        if done.returncode:
            raise Missing(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-300:]}")

    data = str(folder / "data")
    try:
        run(str(programs / "initdb"), "-D", data, "-U", "paraph", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-k {folder} {QUICK}"
        run(str(programs / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        # Waits for its input to end, which it does however these tests end, be it by kill -9; then ends the server.
        guard = subprocess.Popen(
            ("sh", "-c", 'read -r _; "$0" -D "$1" -m immediate -w stop', str(programs / "pg_ctl"), data),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **given,
        )
        try:
            yield f"postgresql://paraph@/{{name}}?host={folder}"
        finally:
            guard.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

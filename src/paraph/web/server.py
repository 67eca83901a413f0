"""Running the application: where it listens, who may come in, and how it says so."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from paraph.desk.opening import shared
from paraph.desk.people import any_people
from paraph.errors import UsageError
from paraph.web.access import Gate
from paraph.web.app import make_app
from paraph.web.guard import hosts_of, is_loopback
from paraph.web.house import House

if TYPE_CHECKING:
    import uvicorn

    from paraph.desk import Desk

__all__ = ["listen", "serve"]

# Connections and requests at a time, beyond which who asks is told to come later: half of the files that a process may have
# open by default. Set by eye.
MOST_AT_ONCE = 500
# Seconds that a connection without a request is kept open, and that requests in hand have to end in when the server ends.
KEEP_ALIVE, GRACE = 30, 5
# Bytes of a request's line and headers; what a browser sends is a tenth of it.
MOST_HEADER_BYTES = 64 * 1024


def serve(
    desk: Desk,
    *,
    host: str,
    port: int,
    user: str,
    name: str,
    allowed: Sequence[str],
    say: Callable[[str], object],
    demo: bool = False,
    behind_proxy: bool = False,
    show: Callable[[str], object] | None = None,
) -> int | None:
    """Serve a desk until a signal ends it, and return which one did; requests in hand are answered before.

    ``say`` is told the address once it is listened at, and who is to sign in; ``show`` is given the address to open it. Port 0
    takes any that is free. The desk is open to everybody only where it has no people and nothing but this machine can reach the
    server: at a loopback address, not behind a proxy, under no other name.

    Raises UsageError where the address cannot be listened at, or where people would have to sign in and the desk has none.
    """
    import uvicorn

    hosts = hosts_of(host, allowed)
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        bound, number = listening.getsockname()[:2]
        # By what is listened at in fact, not by what it is called.
        alone = is_loopback(bound) and not behind_proxy and all(is_loopback(each) for each in allowed)
        with desk.look() as connection:
            known = any_people(connection)
        if not alone and not known:
            raise UsageError(
                f"{_why(host, bound, behind_proxy)}: people have to sign in, and the desk has none "
                "(paraph people add NAME --role keeper)"
            )
        shared(desk.engine)
        app = make_app(House(desk, Gate(alone, user, behind_proxy), name, demo), hosts)
        address = f"http://{_shown(host, bound)}:{number}/"
        say(f"the desk is at {address} (Ctrl-C ends)")
        if known:
            say("who has a name and password signs in (paraph people list)")
        elif alone:
            say("nobody has to sign in: only this machine reaches it")
        if not is_loopback(bound) and not behind_proxy:
            say(
                "warning: passwords and pages cross the network unencrypted; put a proxy with TLS before it and give "
                "--behind-proxy (docs/how-to/share-a-desk.md)"
            )
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the guard does that, where it is asked to
            http="h11",  # the stricter of the two parsers
            ws="none",
            lifespan="on",  # in which the app says how many threads it works in
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        )
        if show is not None:
            # What opens a browser may wait for it to be closed. The address is listened at already: the page waits for us.
            threading.Thread(target=show, args=(address,), daemon=True).start()
        server = uvicorn.Server(config)
        with _noted(server) as came:
            server.run(sockets=[listening])
    return came[0] if came else None


def _why(host: str, bound: str, behind_proxy: bool) -> str:
    if behind_proxy:
        return "--behind-proxy"
    return "--allow-host" if is_loopback(bound) else f"--host {host}"


def _shown(host: str, bound: str) -> str:
    """Return the address as a browser on this machine takes it."""
    if bound in ("0.0.0.0", "::"):  # noqa: S104  compared with, not listened at
        return "127.0.0.1" if bound == "0.0.0.0" else "[::1]"  # noqa: S104
    return f"[{host}]" if ":" in host else host


@contextmanager
def _noted(server: uvicorn.Server) -> Iterator[list[int]]:
    """Give the list of signals that ended the server: it ends in good order, and then raises them once more."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        server.should_exit = True  # one that comes before the server itself listens to them

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free. Raises UsageError where that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(128)
        except BaseException:
            made.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        cure = "another program has the port; give another with --port, or 0 for any that is free"
        raise UsageError(
            f"--host {host} --port {port}: cannot be listened at: {error} ({cure if taken else 'give another address'})"
        ) from error
    return made

"""Running the application: where it listens, who may come in, and how it says so."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from paraph.desk.people import any_people
from paraph.errors import UsageError
from paraph.web.access import Gate
from paraph.web.app import make_app
from paraph.web.guard import hosts_of, is_loopback
from paraph.web.house import House

if TYPE_CHECKING:
    from paraph.desk import Desk

__all__ = ["listen", "serve"]


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
) -> None:
    """Serve a desk until interrupted; ``say`` is told the address once it is listened at. Port 0 takes any that is free.

    Raises UsageError where the address cannot be listened at, or is not this machine's alone and the desk knows nobody.
    """
    import uvicorn

    gate = Gate(is_loopback(host), user)
    with desk.look() as connection:
        nobody = not any_people(connection)
    if nobody and not gate.open_here:
        raise UsageError(f"--host {host}: the desk knows nobody who could sign in; `paraph people add NAME` makes one")
    house = House(desk, gate, name, demo)
    app = make_app(house, hosts_of(host, allowed))
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        shown = f"[{host}]" if ":" in host else host
        say(f"http://{shown}:{listening.getsockname()[1]}/")
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            lifespan="on",
        )
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free. Raises UsageError where that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(128)
        except BaseException:
            made.close()
            raise
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"--host {host} --port {port}: cannot be listened at: {error} (another program may have the port; give another)"
        ) from error
    return made

"""``paraph serve``: the desk in a browser."""

from __future__ import annotations

import argparse
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from paraph.commands.common import say
from paraph.errors import UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.desk import Desk

__all__ = ["arguments", "run"]

HOST, PORT = "127.0.0.1", 8710


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument("--host", default=HOST, metavar="HOST", help=f"the address to listen at [{HOST}]")
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="N", help=f"the port; 0 for any that is free [{PORT}]"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which browsers may ask for the desk, beside the address (behind a proxy: the site's name)",
    )
    parser.add_argument(
        "--behind-proxy",
        action="store_true",
        help="a proxy stands before the server, and it alone reaches it: believe what it tells of the visitor's address and of "
        "https (X-Forwarded-For, X-Forwarded-Proto); people sign in",
    )
    parser.add_argument("--open", action="store_true", help="open the address in the browser")
    parser.add_argument("--who", metavar="NAME", help="the name that decisions carry on this machine [the user's name]")
    parser.add_argument("--demo", action="store_true", help="serve the example desk: the summit of December 2025")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 0 to 65535")
    return int(text)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from paraph.commands.review import user
    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.web.server import serve

    settings = Settings.from_environment()
    who = " ".join((given.who if given.who is not None else user()).split())
    if not who:
        raise UsageError("who decides is empty; give a name with --who")
    where = given.desk
    if given.demo:
        from paraph.web.demo import example_desk

        if where:
            raise UsageError("--demo serves the example's own desk; leave --desk out")
        where = example_desk(settings, say, lambda: datetime.now(UTC))
    show = None
    if given.open:
        import webbrowser

        show = webbrowser.open
    with open_desk(where, settings=settings, create=False) as desk:
        ended = serve(
            desk,
            host=given.host,
            port=given.port,
            user=who,
            name="The example desk" if given.demo else desk_name(desk),
            allowed=given.allow_host,
            say=say,
            demo=given.demo,
            behind_proxy=given.behind_proxy,
            show=show,
        )
    if ended == signal.SIGINT:
        return say("interrupted; the desk is closed", Exit.INTERRUPTED)
    return Exit.DONE


def desk_name(desk: Desk) -> str:
    """Return what the pages call a desk: the name of its file or database."""
    from pathlib import Path

    return Path(desk.engine.url.database or "desk").name

"""What the exit status of a command says."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    """The exit status of a command; ``about`` says what it means, as docs/reference/exit-status.md prints it."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4
    NOT_WRITTEN = 5
    INTERRUPTED = 130
    PIPE_CLOSED = 141

    @property
    def about(self) -> str:
        """What the status means, in a sentence without a full stop."""
        return _ABOUT[self]


_ABOUT = {
    Exit.DONE: "every source was read (a document without signals counts as read)",
    Exit.BUG: "an error in Paraph itself; the traceback on standard error is worth reporting",
    Exit.USAGE: "the call is off: an unknown option, format or engine, or a setting out of range; nothing was read",
    Exit.SOME_FAILED: "some sources could not be read; what could be read was written",
    Exit.ALL_FAILED: "nothing could be read; a file named by `--out` is left as it was",
    Exit.NOT_WRITTEN: "the output could not be written: the folder is missing, the disk is full",
    Exit.INTERRUPTED: "interrupted from the keyboard; a file named by `--out` is left as it was",
    Exit.PIPE_CLOSED: "whoever read the output stopped reading (`paraph … | head`); nothing is said about it",
}

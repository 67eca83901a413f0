"""The commands by name. A command's module is imported when the command is called, not before: ``paraph --help`` answers at once.

Each module has ``arguments(name, parser)``, which gives a command's parser its arguments, and ``run(name, given)``, which runs it
and returns its exit status. A name of two words ("occasion add") is a noun with what is done to it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMMANDS", "Command"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: the module of this room that runs it, what it does in a sentence, and what else its help says.

    ``desk`` is true for a command that works on a desk, which then takes ``--desk``.
    """

    module: str
    about: str
    more: str = ""
    desk: bool = False


# In the order in which the help names them.
COMMANDS: dict[str, Command] = {
    "read": Command(
        "read",
        "Read sources and print every deal signal in them.",
        "A signal is one place in a text that speaks of one deal between countries: its stage, whether that lies ahead, "
        "how surely the text presents it, who says so, the parties, the sector and the form of the deal.",
    ),
    "brief": Command(
        "read",
        "Make the brief for the day before a meeting.",
        "It says what is on the table by sector and stage, how surely, who says so, what already exists, and what is "
        "denied or stalled, each with a quotation and its source.",
    ),
    "settings": Command(
        "itself",
        "Print every setting with its value and the variable that sets it.",
        "Settings are limits and switches; each is set by a variable of the environment.",
    ),
    "completion": Command(
        "itself",
        "Print a script that lets a shell complete commands and options.",
        "Bash: paraph completion bash >> ~/.bashrc. Zsh: paraph completion zsh >> ~/.zshrc. "
        "Fish: paraph completion fish > ~/.config/fish/completions/paraph.fish.",
    ),
}

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
    "add": Command(
        "desk",
        "Read sources and keep them on the desk, with their signals.",
        "Documents come together with their copies and signals with their deals by themselves. The same document again changes "
        "nothing; one with another text is kept as a new version. Safe to interrupt: what is in stays in.",
        desk=True,
    ),
    "reread": Command(
        "desk",
        "Find the signals of every document on the desk anew, after the engine has become better.",
        "What people decided is carried over to the signals that stand where the old ones stood; what finds no place is told.",
        desk=True,
    ),
    "deals": Command(
        "deals",
        "List the deals on the desk, by parties, sector, stage, words and more.",
        "An option that is given several times asks for any of its values; with several parties, for deals of all of them. "
        "A search is for words in the quotations of a deal's signals.",
        desk=True,
    ),
    "deal": Command(
        "deals",
        "Tell the history of one deal: its steps, who said so, contradictions, verdicts, decisions.",
        "Every id of a signal leads to its deal.",
        desk=True,
    ),
    "occasion add": Command(
        "occasions",
        "Add a visit or summit at which deals come due.",
        "The same again changes nothing.",
        desk=True,
    ),
    "occasion list": Command("occasions", "List the occasions on the desk.", desk=True),
    "occasion suggest": Command(
        "occasions",
        "Look in the documents for visits and summits whose days are told.",
        "What is on the desk already is left out. The numbers of the list are what --add takes.",
        desk=True,
    ),
    "occasion remove": Command("occasions", "Take an occasion out, its verdicts with it.", desk=True),
    "outcomes": Command(
        "outcomes",
        "Tell what an occasion brought for each deal that was on the table before it.",
        "Each deal is signed, agreed, advanced, refused or absent, with the words that show it and how much they settle; then "
        "comes what nobody had announced. `paraph review overrule` puts a verdict right.",
        desk=True,
    ),
    "review accept": Command("review", "Decide that a signal is right.", desk=True),
    "review reject": Command("review", "Decide that a signal is none; it then belongs to no deal.", desk=True),
    "review unsure": Command("review", "Note that a signal was looked at and left open.", desk=True),
    "review correct": Command(
        "review",
        "Correct one field of a signal.",
        "Parties are given with commas between them (IN,RU), ahead as yes or no.",
        desk=True,
    ),
    "review merge": Command("review", "Decide that two deals are the same.", desk=True),
    "review split": Command("review", "Decide that some signals of a deal are another deal.", desk=True),
    "review overrule": Command("review", "Decide what an occasion really brought for a deal.", desk=True),
    "review own": Command("review", "Tell who owns a publisher; publishers of one owner are one voice.", desk=True),
    "review note": Command("review", "Keep a note on a signal.", desk=True),
    "review undo": Command("review", "Take a decision back; both stay in the log.", desk=True),
    "review list": Command("review", "Print the log of decisions.", desk=True),
    "score": Command(
        "score",
        "Show how forecasts turned out: by publisher, source, wording, sector and more.",
        "Every signal that lies ahead is a forecast; it is scored when its occasion is past and settled. Copies count once, and "
        "all publishers of one owner as one.",
        desk=True,
    ),
    "feed add": Command(
        "feeds",
        "Follow feeds: paraph watch asks them from then on.",
        "Nothing is asked for now. A feed that was given up as gone is tried again.",
        desk=True,
    ),
    "feed list": Command(
        "feeds",
        "Print the feeds that are followed, with the health of each.",
        "Each with its last good answer, its failures in a row, and the times between which entries may be missing.",
        desk=True,
    ),
    "feed remove": Command("feeds", "Follow feeds no longer; what came from them stays on the desk.", desk=True),
    "feed import": Command("feeds", "Follow the feeds of an OPML file, as feed readers export it.", desk=True),
    "feed export": Command("feeds", "Print the feeds that are followed as OPML, which feed readers import.", desk=True),
    "watch": Command(
        "watch",
        "Ask the feeds for what is new and take it into the desk, once or until stopped.",
        "Feeds are asked politely: only for what changed, one request a host at a time, what robots.txt lets us. "
        "Stop it at any time; it goes on where it was.",
        desk=True,
    ),
    "serve": Command(
        "serve",
        "Show the desk in a browser: the board, deals, occasions, documents, scorecards, the review queue.",
        "On this machine alone unless --host says otherwise; then people sign in. `paraph serve --demo` shows the example.",
        desk=True,
    ),
    "people add": Command(
        "people",
        "Let somebody use the desk's pages: a name, a role, and a password, which is asked for.",
        "While a desk has nobody, its pages are for its own machine alone, and everybody there may do everything.",
        desk=True,
    ),
    "people list": Command(
        "people", "List who may use the desk's pages, with their tokens (never a secret).", desk=True
    ),
    "people role": Command("people", "Change what somebody may do: reader, reviewer or keeper.", desk=True),
    "people password": Command("people", "Give somebody another password; their browsers are signed out.", desk=True),
    "people disable": Command("people", "Keep somebody out from now on; what they decided stays.", desk=True),
    "people enable": Command("people", "Let somebody in again.", desk=True),
    "people token": Command(
        "people",
        "Make a token, with which a program or a feed reader comes in as somebody, and print it, this once.",
        "A program sends it as Authorization: Bearer TOKEN; a feed reader or calendar takes it as the password.",
        desk=True,
    ),
    "people revoke": Command("people", "Take a token back, by its number.", desk=True),
    "export": Command(
        "exchange",
        "Write the desk to files: whole, or its signals, deals, documents, verdicts or decisions.",
        "A whole desk is JSON lines that import takes in again without loss; equal desks give equal bytes.",
        desk=True,
    ),
    "import": Command(
        "exchange",
        "Take in a whole desk that export wrote.",
        "A damaged file is refused before anything is taken in; the same file again changes nothing.",
        desk=True,
    ),
    "corpus run": Command(
        "corpus",
        "Read many documents, on this machine or a cluster, into a data set of Parquet files.",
        "Web archives, JSON lines, Parquet and folders, local or by address. Copies are told and signals joined into deals as on "
        "a desk. Interrupted at any point, the same command goes on; the same input gives the same bytes.",
    ),
    "corpus report": Command("corpus", "Tell what the run of a data set read, what it skipped, and what is missing."),
    "corpus load": Command(
        "corpus",
        "Put a data set into the desk.",
        "The desk is the one that adding its documents one by one would make, sooner. Safe to interrupt; what is in stays in.",
        desk=True,
    ),
    "eval": Command(
        "evaluate",
        "Measure an engine on annotated documents: figures with intervals, breakdowns, confusions, errors.",
        "Documents are annotated as `paraph export --format gold` writes them, after the guidelines. Signals pair by the words "
        "that both hold; what was wrong, by event, stage and source, and the documents with most errors follow the figures.",
    ),
    "model": Command(
        "model",
        "Tell what the shipped encoder is, what it was made from, and how good it is.",
        "Its figures were measured on annotated events that it had not seen; `paraph eval` measures it on your own.",
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

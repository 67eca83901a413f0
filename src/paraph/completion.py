"""Completion scripts for bash, zsh and fish, written from the parsers; the scripts ask nothing of Paraph when they run."""

from __future__ import annotations

import argparse

__all__ = ["SHELLS", "script"]

SHELLS = ("bash", "zsh", "fish")

Commands = dict[str, tuple[str, argparse.ArgumentParser]]


def script(shell: str, commands: Commands) -> str:
    """Return the script for one of ``SHELLS``; ``commands`` are names with what each does and its parser."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](commands)


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.option_strings]


def _positional(parser: argparse.ArgumentParser) -> list[str]:
    """Words that the command's own arguments may be; empty where they are files."""
    return [str(word) for a in parser._actions if not a.option_strings for word in a.choices or ()]


def _bash(commands: Commands) -> str:
    cases = []
    for name, (_, parser) in commands.items():
        words = [flag for action in _options(parser) for flag in action.option_strings]
        values = "".join(_bash_values(action) for action in _options(parser))
        choose = f'    case "$before" in\n{values}    esac\n' if values else ""
        words += _positional(parser)
        cases.append(f'  {name})\n{choose}    words="{" ".join(words)}" ;;\n')
    return (
        "# bash completion of paraph\n"
        "_paraph() {\n"
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""\n'
        "  COMPREPLY=()\n"
        '  if [ "$COMP_CWORD" -eq 1 ]; then\n'
        f'    COMPREPLY=($(compgen -W "{" ".join(commands)} --help --version" -- "$word")); return\n'
        "  fi\n"
        '  case "${COMP_WORDS[1]}" in\n' + "".join(cases) + "  esac\n"
        '  COMPREPLY=($(compgen -W "$words" -- "$word"))\n'
        "}\n"
        "complete -o default -F _paraph paraph\n"
    )


def _bash_values(action: argparse.Action) -> str:
    if not action.choices:
        return ""
    words = " ".join(map(str, action.choices))
    return f'      {"|".join(action.option_strings)}) COMPREPLY=($(compgen -W "{words}" -- "$word")); return ;;\n'


def _zsh(commands: Commands) -> str:
    rows = "\n".join(f"    {_quoted(f'{name}:{about}')}" for name, (about, _) in commands.items())
    cases = []
    for name, (_, parser) in commands.items():
        specs = []
        for action in _options(parser):
            told = (action.help or "").replace("[", "(").replace("]", ")").replace(":", ",")
            value = ""
            if action.choices:
                value = f":value:({' '.join(map(str, action.choices))})"
            elif action.nargs != 0:
                value = ":file:_files" if action.metavar == "FILE" else ":value:"
            specs += [_quoted(f"{flag}[{told}]{value}") for flag in action.option_strings]
        words = _positional(parser)
        specs.append(_quoted(f"*:word:({' '.join(words)})" if words else "*:source:_files"))
        cases.append(f"  {name}) _arguments {' '.join(specs)} ;;\n")
    return (
        "#compdef paraph\n"
        "_paraph() {\n"
        f"  local -a commands=(\n{rows}\n  )\n"
        "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
        "  local name=$words[2]\n"
        "  shift words; (( CURRENT-- ))\n"
        "  case $name in\n" + "".join(cases) + "  esac\n"
        "}\n"
        "compdef _paraph paraph\n"
    )


def _fish(commands: Commands) -> str:
    lines = ["# fish completion of paraph", f"set -l paraph_commands {' '.join(commands)}"]
    unseen = "'not __fish_seen_subcommand_from $paraph_commands'"
    for name, (about, parser) in commands.items():
        lines.append(f"complete -c paraph -n {unseen.replace(chr(39), chr(34))} -f -a {name} -d {_quoted(about)}")
        seen = f"'__fish_seen_subcommand_from {name}'"
        for action in _options(parser):
            flags = " ".join(f"-l {f[2:]}" if f.startswith("--") else f"-s {f[1:]}" for f in action.option_strings)
            value = f" -x -a {_quoted(' '.join(map(str, action.choices)))}" if action.choices else ""
            if not value and action.nargs != 0:
                value = " -r"
            lines.append(f"complete -c paraph -n {seen} {flags}{value} -d {_quoted(action.help or '')}")
        words = _positional(parser)
        if words:
            lines.append(f"complete -c paraph -n {seen} -f -a {_quoted(' '.join(words))}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

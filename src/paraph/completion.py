"""Completion scripts for bash, zsh and fish, written from the parsers; the scripts ask nothing of Paraph when they run."""

from __future__ import annotations

import argparse

__all__ = ["SHELLS", "script"]

SHELLS = ("bash", "zsh", "fish")

Commands = dict[str, tuple[str, argparse.ArgumentParser]]

# What may stand before a command; only the first takes a value.
BEFORE = ("--desk", "--help", "--version")


def script(shell: str, commands: Commands) -> str:
    """Return the script for one of ``SHELLS``; ``commands`` are names, of one word or two, with what each does and its parser."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](commands)


def _firsts(commands: Commands) -> dict[str, str]:
    """Return the first words of the commands, each with what it does; a noun names what is done to it."""
    nouns = _nouns(commands)
    told = {name: about for name, (about, _) in commands.items() if " " not in name}
    return {
        word: told.get(word) or ", ".join(nouns[word]) for word in dict.fromkeys(name.split()[0] for name in commands)
    }


def _nouns(commands: Commands) -> dict[str, dict[str, str]]:
    """Return the first words that a second follows, with the second words and what each does."""
    nouns: dict[str, dict[str, str]] = {}
    for name, (about, _) in commands.items():
        first, _, second = name.partition(" ")
        if second:
            nouns.setdefault(first, {})[second] = about
    return nouns


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.option_strings]


def _positional(parser: argparse.ArgumentParser) -> list[str]:
    """Words that the command's own arguments may be; empty where they are files."""
    return [str(word) for a in parser._actions if not a.option_strings for word in a.choices or ()]


def _bash(commands: Commands) -> str:
    nouns = "".join(
        f'  {noun})\n    if [ "$((at + 1))" -eq "$COMP_CWORD" ]; then\n'
        f'      COMPREPLY=($(compgen -W "{" ".join(seconds)} --help" -- "$word")); return\n    fi\n'
        f'    name="$name ${{COMP_WORDS[at+1]}}" ;;\n'
        for noun, seconds in _nouns(commands).items()
    )
    cases = []
    for name, (_, parser) in commands.items():
        words = [flag for action in _options(parser) for flag in action.option_strings]
        values = "".join(_bash_values(action) for action in _options(parser))
        choose = f'    case "$before" in\n{values}    esac\n' if values else ""
        words += _positional(parser)
        cases.append(f'  "{name}")\n{choose}    words="{" ".join(words)}" ;;\n')
    return (
        "# bash completion of paraph\n"
        "_paraph() {\n"
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words="" at=1 name\n'
        "  COMPREPLY=()\n"
        '  while [ "$at" -lt "$COMP_CWORD" ]; do\n'
        '    case "${COMP_WORDS[at]}" in\n'
        '    --desk) if [ "${COMP_WORDS[at+1]}" = "=" ]; then at=$((at + 3)); else at=$((at + 2)); fi ;;\n'
        "    -*) at=$((at + 1)) ;;\n"
        "    *) break ;;\n"
        "    esac\n"
        "  done\n"
        '  if [ "$at" -gt "$COMP_CWORD" ]; then return; fi\n'  # the desk's name: files
        '  if [ "$at" -eq "$COMP_CWORD" ]; then\n'
        f'    COMPREPLY=($(compgen -W "{" ".join((*_firsts(commands), *BEFORE))}" -- "$word")); return\n'
        "  fi\n"
        '  name="${COMP_WORDS[at]}"\n'
        + (f'  case "$name" in\n{nouns}  esac\n' if nouns else "")
        + '  case "$name" in\n'
        + "".join(cases)
        + "  esac\n"
        '  COMPREPLY=($(compgen -W "$words" -- "$word"))\n'
        "}\n"
        "complete -o default -F _paraph paraph\n"
    )


def _bash_values(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    flags = "|".join(action.option_strings)
    if not action.choices:
        return f"      {flags}) return ;;\n"  # a value that only a person knows, or a file
    words = " ".join(map(str, action.choices))
    return f'      {flags}) COMPREPLY=($(compgen -W "{words}" -- "$word")); return ;;\n'


def _zsh(commands: Commands) -> str:
    def rows(words: dict[str, str]) -> str:
        return "\n".join(f"    {_quoted(f'{word}:{about}')}" for word, about in words.items())

    nouns = "".join(
        f"  {noun})\n    if (( CURRENT == 3 )); then\n    local -a seconds=(\n{rows(seconds)}\n    )\n"
        "    _describe command seconds; return; fi\n"
        '    name="$name $words[3]"; shift words; (( CURRENT-- )) ;;\n'
        for noun, seconds in _nouns(commands).items()
    )
    cases = []
    for name, (_, parser) in commands.items():
        specs = []
        for action in _options(parser):
            told = (action.help or "").replace("[", "(").replace("]", ")").replace(":", ",")
            value = ""
            if action.choices:
                value = f":value:({' '.join(map(str, action.choices))})"
            elif action.nargs != 0:
                value = ":file:_files" if action.metavar in ("FILE", "DESK") else ":value:"
            specs += [_quoted(f"{flag}[{told}]{value}") for flag in action.option_strings]
        words = _positional(parser)
        specs.append(_quoted(f"*:word:({' '.join(words)})" if words else "*:source:_files"))
        cases.append(f"  '{name}') _arguments {' '.join(specs)} ;;\n")
    return (
        "#compdef paraph\n"
        "_paraph() {\n"
        f"  local -a commands=(\n{rows(_firsts(commands))}\n  )\n"
        "  while (( CURRENT > 2 )); do\n"
        "    case $words[2] in\n"
        "    --desk)\n"
        "      if (( CURRENT == 3 )); then _files; return; fi\n"
        '      words=("$words[1]" "${(@)words[4,-1]}"); (( CURRENT -= 2 )) ;;\n'
        '    -*) words=("$words[1]" "${(@)words[3,-1]}"); (( CURRENT -= 1 )) ;;\n'
        "    *) break ;;\n"
        "    esac\n"
        "  done\n"
        "  if (( CURRENT == 2 )); then\n"
        f"    _describe command commands; compadd -- {' '.join(BEFORE)}; return\n"
        "  fi\n"
        "  local name=$words[2]\n"
        + (f"  case $name in\n{nouns}  esac\n" if nouns else "")
        + "  shift words; (( CURRENT-- ))\n"
        "  case $name in\n" + "".join(cases) + "  esac\n"
        "}\n"
        "compdef _paraph paraph\n"
    )


def _fish(commands: Commands) -> str:
    nouns = _nouns(commands)
    lines = [
        "# fish completion of paraph",
        "function __paraph_command",
        "  set -l words (commandline -opc)",
        "  set -e words[1]",
        "  while set -q words[1]",
        "    switch $words[1]",
        "      case --desk",
        "        set -e words[1]",
        "        set -q words[1]; and set -e words[1]",
        "      case '-*'",
        "        set -e words[1]",
        "      case '*'",
        "        break",
        "    end",
        "  end",
        "  set -q words[1]; or return",
        "  switch $words[1]",
        f"    case {' '.join(nouns) or chr(39) * 2}",
        "      echo (string join ' ' $words[1..2])",
        "    case '*'",
        "      echo $words[1]",
        "  end",
        "end",
        "function __paraph_is",
        "  set -l now (__paraph_command)",
        '  test "$now" = "$argv[1]"',
        "end",
    ]
    for word, about in _firsts(commands).items():
        lines.append(f"complete -c paraph -n '__paraph_is \"\"' -f -a {word} -d {_quoted(about)}")
    lines.append("complete -c paraph -n '__paraph_is \"\"' -r -l desk -d 'the desk to work on'")
    lines += [f"complete -c paraph -n '__paraph_is \"\"' -f -l {flag[2:]}" for flag in BEFORE[1:]]
    for noun, seconds in nouns.items():
        for second, about in seconds.items():
            lines.append(f"complete -c paraph -n '__paraph_is {noun}' -f -a {second} -d {_quoted(about)}")
    for name, (_, parser) in commands.items():
        seen = f"'__paraph_is \"{name}\"'"
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

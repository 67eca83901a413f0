# Everything starts here: `make demo` and `make test` need Python 3.11 or later, git and make, and set up the rest themselves.
# The environment lies in .venv of the checkout, with the exact versions of requirements.lock; it is made once.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

# The first Python that is 3.11 or later and can make environments; `make PYTHON=/path/to/python3.12` chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
EXAMPLE := examples/india-russia-2025/documents
OCCASION := Putin in New Delhi 2025
DESK := out/desk.db
CHECKED := src tests benchmarks training docs examples

.PHONY: help demo test cover lint format types gate bench docs lock browser server clean

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then
		echo "make: no Python 3.11 or later with venv was found; install one (Debian: apt-get install python3-venv) or give PYTHON=…" >&2
		exit 1
	fi
	[ -x $(BIN)/python ] || "$(PYTHON)" -m venv $(VENV)
	echo "setting up $(VENV) with the versions of requirements.lock (once; a minute or two)"
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY) ## a brief of the example summit, a desk made of its documents, and what came of the hints
	@mkdir -p out
	$(BIN)/paraph brief $(EXAMPLE) --out out/brief.html
	$(BIN)/paraph brief $(EXAMPLE)
	echo
	rm -f $(DESK) $(DESK)-wal $(DESK)-shm
	$(BIN)/paraph --desk $(DESK) add $(EXAMPLE)
	$(BIN)/paraph --desk $(DESK) occasion add "$(OCCASION)" --parties IN,RU --from 2025-12-04 --to 2025-12-05 --place "New Delhi"
	echo
	$(BIN)/paraph --desk $(DESK) outcomes "$(OCCASION)" --format json --out out/outcomes.json
	$(BIN)/paraph --desk $(DESK) score --by certainty
	echo
	$(BIN)/paraph --desk $(DESK) outcomes "$(OCCASION)" --limit 3
	echo
	echo "The brief as a page that prints well: out/brief.html; all outcomes: out/outcomes.json. The desk is $(DESK); go on with"
	echo "  export PARAPH_DESK=$(DESK) PATH=\"$$PWD/$(BIN):\$$PATH\""
	echo "  paraph deals --search hypersonic; paraph deal ID; paraph score --by source; paraph occasion suggest"
	echo "(a day with a desk: docs/how-to/keep-a-desk.md). What came of four hints, and the papers that were really signed:"
	echo
	$(BIN)/python examples/india-russia-2025/scoreboard.py $(DESK)
	echo
	echo "Look at it all in a browser: $(BIN)/paraph serve --demo, or, the desk just made: $(BIN)/paraph serve --desk $(DESK)"

test: $(READY) browser server ## all tests, in parallel and in random order
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

cover: ## all tests with branch coverage, as CI runs them
	@$(MAKE) test PYTEST_ARGS="--cov --cov-report=term --cov-fail-under=95 $(PYTEST_ARGS)"

# Tests of pages look at them in Chromium. Where it is missing and may be installed it is; else those tests skip and say so.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || {
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
			echo "installing chromium for the tests of pages"
			apt-get update -qq >/dev/null 2>&1 || true
			DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 \
				|| echo "chromium could not be installed; the tests of pages skip"
		fi
	}

# Tests of the desk run on PostgreSQL as well, on a server that they start for themselves. Where it is missing, likewise.
server:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || {
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
			echo "installing postgresql for the tests of the desk"
			apt-get update -qq >/dev/null 2>&1 || true
			DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql >/dev/null 2>&1 \
				|| echo "postgresql could not be installed; the tests of the desk on PostgreSQL skip"
		fi
	}

lint: $(READY) ## style, without changing anything
	@$(BIN)/ruff check $(wildcard $(CHECKED))
	$(BIN)/ruff format --check $(wildcard $(CHECKED))

format: $(READY) ## put the style right
	@$(BIN)/ruff check --fix $(wildcard $(CHECKED))
	$(BIN)/ruff format $(wildcard $(CHECKED))

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

gate: $(READY) ## hold the quality on the gold to the floors that are pinned
	@$(BIN)/python benchmarks/gate.py

docs: $(READY) ## write docs/reference anew from the code, and the answers of docs/five-questions.md
	@$(BIN)/python docs/generate.py
	$(BIN)/python examples/five_questions.py page

bench: $(READY) $(VENV)/bench-ready ## speed and memory, each against a peer in the same run
	@for script in $(sort $(filter-out benchmarks/gate.py,$(wildcard benchmarks/*.py))); do
		case $$(basename $$script) in _*) continue ;; esac
		few=
		case $$script in */corpus_stops.py) few=--quick ;; */pace.py) few="--documents 10000" ;; esac
		echo "== $$script $$few"
		$(BIN)/python $$script $$few
	done

$(VENV)/bench-ready: requirements-bench.lock $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	touch $@

# uv is asked for only here; the locks need nothing but pip to be installed.
lock: $(READY) ## resolve the dependencies anew and write the locks
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install -qq --disable-pip-version-check uv
	compile() { $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade "$$@"; }
	compile pyproject.toml --group dev --group build --output-file requirements.lock.new
	compile pyproject.toml --group bench --no-annotate --constraints requirements.lock.new --output-file requirements-bench.lock.new
	for lock in requirements requirements-bench; do
		{ echo "# Written by make lock; do not edit. Install with: pip install --require-hashes --no-deps -r $$lock.lock"; cat $$lock.lock.new; } > $$lock.lock
		rm $$lock.lock.new
	done

clean: ## remove what was made
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

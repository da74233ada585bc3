# Everything a person or a machine does with this project. Needs Python 3.11 or newer, git and make.
# PYTHON names another interpreter; SERVE=0 stops `make demo` after the build; PORT is where it serves.

PYTHON ?= python3
PORT ?= 8000
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long test-live check lint types contract site bench simulate fuzz lock clean

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Workflows with secrets run this, so Python looks for modules nowhere in this folder (-I): a file such
# as venv.py or calendar/__init__.py in it is not run.
setup: $(READY)  ## Set up a virtual environment with what the lock files say

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mimin needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -I -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -I -m venv --clear $(VENV)
	@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## Check, publish two simulated weeks to the sandbox, build the site and serve it
	@$(BIN)/python tools/demo.py --serve $(SERVE) --port $(PORT)

test: $(READY)  ## Run the tests (no network, no browser, no Node)
	@$(BIN)/python -m pytest -m "not live and not long" -q -n auto

test-long: $(READY)  ## Run the tests that need many runs: killings, races, whole simulated months
	@$(BIN)/python -m pytest -m "long and not live" -q -n auto

test-live: $(READY)  ## Run the tests with real peers; installs them from npm, PyPI and Debian
	@MIMIN_LIVE=1 BIN=$(BIN) sh tests/live/setup.sh
	@MIMIN_LIVE=1 $(BIN)/python -m pytest -m live -q -n auto --durations=5

check: lint types contract  ## All static checks

lint: $(READY)  ## Style (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)  ## Types (mypy, strict)
	@$(BIN)/mypy

contract: $(READY)  ## Layers (import-linter)
	@$(BIN)/lint-imports --no-logo || $(BIN)/lint-imports

site: $(READY)  ## Build the site of this workspace into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY)  ## Print figures of speed, each against a baseline of the same run
	@for script in tests/bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

simulate: $(READY)  ## Simulate publishing with faults at every step; SIMULATE="--seeds 1-20 …" for more
	@$(BIN)/python -m simulator $(or $(SIMULATE),--seeds 1-40 --accounts 4 --days 6 --trouble 2 --jobs 2)

fuzz: $(READY)  ## Try hostile inputs on what reads words of others; FUZZ="--seconds 600 body" for more
	@$(BIN)/python tests/fuzz/fuzz.py $(FUZZ)

lock: $(READY)  ## Renew the lock files from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -o requirements-dev.lock

clean:  ## Remove what was built; keeps the virtual environment
	@rm -rf .demo site dist .mimin .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .fuzz

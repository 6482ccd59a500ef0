# Two commands do everything: `make demo` and `make test`. The rest is for those who build.
PYTHON ?= python3
BIN := .venv/bin
# Every process that is tested or measured would compile the program anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test quick proofs trust lowest peers check format lint types contracts properties fuzz bench walk generate documents clean

demo: .venv/.installed ## open the desk on the sample reports
	@$(BIN)/annotator demo

PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
# Tests of screens wait as much as they compute, so there are two workers for each processor, and one.
WORKERS := $(shell expr 2 \* $(PROCESSORS) + 1)
# What tests write goes to memory where there are 2 GB of it to spare: they wait for no disk.
IN_MEMORY := $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'END { print $$4 }')" -gt 2000000 && echo TMPDIR=/dev/shm)

test: .venv/.test-installed ## run all tests but the slow proofs
	$(IN_MEMORY) $(BIN)/pytest -n $(WORKERS) --dist worksteal

quick: .venv/.test-installed ## what a minute can tell: no pictures, no long walks, no real data, few examples
	$(IN_MEMORY) HYPOTHESIS_PROFILE=quick $(BIN)/pytest -n $(shell expr 1 + $(PROCESSORS)) --dist worksteal -m "not slow and not picture and not long"

proofs: .venv/.test-installed ## the slow proofs: every door, every key and every person, real data in full, a season of a team, processes that are killed
	$(IN_MEMORY) $(BIN)/pytest -n $(WORKERS) --dist worksteal -m slow

lowest: .venv-lowest/.installed ## run the tests with the oldest dependencies that pyproject.toml allows
	$(IN_MEMORY) .venv-lowest/bin/pytest -n $(WORKERS) --dist worksteal

check: .venv/.test-installed lint types contracts test ## what must hold at every commit

lint: .venv/.test-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.test-installed
	$(BIN)/mypy

contracts: .venv/.test-installed
	$(BIN)/lint-imports

format: .venv/.test-installed ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

properties: .venv/.test-installed ## the slow proofs, and every property on twenty times as many examples
	HYPOTHESIS_PROFILE=more $(BIN)/pytest -n auto -m "slow or hypothesis"

CASES ?= 1000000
SEQUENCES ?= 20000
fuzz: .venv-fuzz/.installed ## a million cases of strangers' input, guided by what they reach, and 20,000 key sequences; prints a table
	$(IN_MEMORY) .venv-fuzz/bin/python -m tests.fuzz --cases $(CASES) --sequences $(SEQUENCES)

trust: .venv/.test-installed ## try at length that nothing is lost: kills, power cuts, writers and more; TRIED="kills writers" picks
	$(BIN)/python -m tests.trust $(TRIED)

peers: .venv-peers/.installed ## compare the statistics with the programs others wrote
	.venv-peers/bin/pytest -n auto -rs tests/agreement

bench: .venv/.test-installed ## measure beside the bounds; prints a table, writes benchmarks/results.json, fails on a missed bound
	$(BIN)/python -m benchmarks

walk: .venv/.test-installed ## count the files, calls and SQL statements of four journeys, two of them with what they draw; LIST=--list names them
	$(BIN)/python -m benchmarks.walk $(LIST)

generate: .venv/.installed ## write what is made from the code: schemas
	$(BIN)/python -m annotator.taxonomy.writing > taxonomies/schema.json
	$(BIN)/python -m annotator.store.connection > db/schema.sql

documents: .venv/.installed ## write docs/keys.md and the pictures of the screens
	$(BIN)/python docs/generate.py screens

clean:
	rm -rf .venv .venv-lowest .venv-peers .venv-fuzz build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "annotator needs Python 3.11 or newer; name one: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "this Python has no venv module; on Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.test-installed: pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ .venv/.installed

# Made anew each time, because what is installed already would not be replaced by anything older.
# Wheels alone, so that the oldest version is one that this Python can have without a compiler.
.venv-lowest/.installed: pyproject.toml
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct \
	  --only-binary :all: --no-binary annotator --editable '.[test]'
	@touch $@

# An environment of its own: these packages bring pandas, which slows every start where it is installed.
.venv-peers/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test,peers]'
	@touch $@

# Atheris has no wheel for every Python; nothing but fuzzing needs it.
.venv-fuzz/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test,fuzz]'
	@touch $@

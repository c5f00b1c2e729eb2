# Two commands are enough: `make run` shows the service on sample articles, `make test` checks everything.
PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin

.PHONY: run serve test test-all fix bench lock clean

run: .venv/installed
	@$(BIN)/python app.py --data demo demo --port $(PORT)

serve: .venv/installed
	@$(BIN)/python app.py --data data serve --port $(PORT)

test: .venv/developing
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && echo "format and lint: good"
	@$(BIN)/mypy .
	@$(BIN)/pytest

test-all: .venv/developing
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy .
	@$(BIN)/pytest -m "not network" --hypothesis-profile=thorough

fix: .venv/developing
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix .

bench: .venv/developing
	@$(BIN)/python -m bench

# pip is renewed first: older ones stop at packages that ask for the same extra in two ways.
.venv/installed: requirements.txt
	@echo "making .venv and installing what requirements.txt pins (a minute or two, once)"
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; say which with: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@echo "laying out the dictionary by which searches find the other language (some seconds, once)"
	@$(BIN)/python -c 'from index.translations import standard_lexicon; standard_lexicon()'
	@touch $@

.venv/developing: requirements-dev.txt .venv/installed
	@echo "installing the tools that requirements-dev.txt pins"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

LOCK := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11

lock:
	@$(LOCK) requirements.in -o requirements.txt && $(LOCK) requirements-dev.in -o requirements-dev.txt

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

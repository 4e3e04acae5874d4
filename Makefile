# The commands of this tree. `make` lists them; each does its own set-up.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
WORKERS ?= 2
BENCHES ?= kiosk hub
KILLS ?= 300
SEED ?= 1
SEEDS ?= 50000
MINUTES ?= 0
LINES ?= 60000
SOAK_KILLS ?= 100000
SOAK_CUTS ?= 200000
REPLUGS ?= 1000
FLOOD_S ?= 60
CUTS ?= 2000

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: environment ## watch a morning at goods-in, then take over (Ctrl-C ends it)
	@$(PYTHON) -m noac demo $(ARGS)

.PHONY: test
test: lint types layers ## everything a change must pass (ARGS="-k words" narrows the tests)
	@$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: setup
setup: machine ## make .venv, the peers of the tests and, with root or sudo, install the Debian packages
	@setup/environment.sh
	@setup/peers.sh

.PHONY: environment
environment:
	@setup/environment.sh

.PHONY: machine
machine:
	@setup/debian.sh

.PHONY: web-assets
web-assets: setup ## fetch the browser scripts of others anew, as drivers/web_assets/sources.toml names them
	@$(PYTHON) setup/web_assets.py

.PHONY: lint
lint: setup ## ruff: rules and format
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check .

.PHONY: types
types: setup ## pyright, strict for the product
	@$(PYTHON) -m pyright

.PHONY: layers
layers: setup ## import-linter: arrows point down only
	@.venv/bin/lint-imports --no-logo

.PHONY: format
format: setup ## let ruff write the format and the safe fixes
	@$(PYTHON) -m ruff check --quiet --fix . ; $(PYTHON) -m ruff format .

.PHONY: golden
golden: setup ## write the golden files anew, to be reviewed
	@$(PYTHON) -m pytest -q -n $(WORKERS) --update-golden $(ARGS)
	@git status --short tests/golden

.PHONY: reference
reference: setup ## write docs/reference.md anew from the code
	@$(PYTHON) docs/make_reference.py

.PHONY: gallery
gallery: setup ## a picture of every screen, in both languages, on one page
	@$(PYTHON) -m tests.browser.gallery $(ARGS)
	@$(PYTHON) -m tests.browser.board_gallery
	@$(PYTHON) -m tests.browser.chaos_gallery
	@$(PYTHON) -m tests.browser.lines_gallery
	@$(PYTHON) -m tests.browser.camera_gallery

.PHONY: kills
kills: setup ## kill a kiosk KILLS times (300) at random moments: nothing confirmed is lost
	@NOAC_KILLS=$(KILLS) $(PYTHON) -m pytest -q --durations=1 tests/kiosk/test_kill.py $(ARGS)

.PHONY: cuts
cuts: setup ## cut the power CUTS times (2000) at any write: nothing confirmed is lost
	@NOAC_CUTS=$(CUTS) $(PYTHON) -m pytest -q -n $(WORKERS) --durations=3 tests/faults/test_powercut.py $(ARGS)

.PHONY: faults
faults: setup ## write docs/faults.md anew from the tests' marks, then run the benches for faults
	@$(PYTHON) docs/make_faults.py
	@$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal tests/faults $(ARGS)

.PHONY: soak
soak: environment ## the long proof: SEEDS (50000), KILLS, CUTS; MINUTES=60 ends it early; writes docs/reports
	@$(PYTHON) -m tests.simulation.soak --seeds $(SEEDS) --minutes $(MINUTES) --kills $(SOAK_KILLS) --cuts $(SOAK_CUTS) \
	    --replugs $(REPLUGS) --flood-s $(FLOOD_S) $(ARGS)

.PHONY: scanners
scanners: environment ## plugs pulled REPLUGS times (1000), triggers stuck for FLOOD_S (60); writes docs/reports
	@$(PYTHON) -m tests.scanners.prove --replugs $(REPLUGS) --flood-s $(FLOOD_S) $(ARGS)

.PHONY: simulate
simulate: environment ## live one seed of the simulated plant (SEED=1; END=100 for a range)
	@$(PYTHON) -m tests.simulation.run $(SEED) $(END) $(ARGS)

.PHONY: month
month: environment ## a month of three plants through kiosks and hub, its books added up by hand: LINES (60000); writes docs/reports
	@$(PYTHON) -m tests.month.run --lines $(LINES) $(ARGS)

.PHONY: factory
factory: environment ## four weeks of a garment factory, fraud and mistakes mixed in, its books counted twice; writes docs/reports
	@$(PYTHON) -m tests.factory.run $(ARGS)

.PHONY: vm
vm: environment ## a kiosk on a whole machine in software: Debian, systemd, USB, pulled plugs; writes docs/reports
	@setup/debian.sh vm-packages.txt
	@NOAC_VM=1 $(PYTHON) -m pytest -q -x -n 0 tests/vm $(ARGS)

.PHONY: bench
bench: environment ## measure (BENCHES="kiosk hub" by default)
	@set -e; for name in $(BENCHES); do $(PYTHON) -m noac bench $$name $(ARGS); done

.PHONY: lock
lock: environment ## resolve requirements.lock anew from pyproject.toml
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
	    --no-emit-index-url --custom-compile-command 'make lock' $(ARGS) pyproject.toml -o requirements.lock

.PHONY: clean
clean: ## remove what was made, except .venv
	@rm -rf build dist gallery demo-data *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

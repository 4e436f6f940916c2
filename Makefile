# The verbs of this project. Each is a `flask --app ecrm …` or a pytest command, so that nothing needs make.
# Settings come from the environment: ECRM_PORT=8001 make run (docs/configuration.md).

PYTHON ?= python3
BIN := .venv/bin
# libatomic1 is for the driver between Playwright and Chromium, which Debian's minimal systems lack.
NEEDED := mariadb-server-core mariadb-client-core chromium libatomic1
TOOLS := sh
# mariadbd lies in /usr/sbin, which is not on everybody's path.
export SCALE ROUNDS ONLY PEERS KILLS SECONDS ROUTE
export PATH := $(PATH):/usr/sbin:/sbin
# The tests start hundreds of programs; without its bytecode each would compile all of ours anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test coverage faults cluster bench screenshots scan sbom lock clean

help:  ## show the verbs
	@sed -n 's/^\([a-z]*\):.*##/  make \1 \t/p' $(MAKEFILE_LIST)

run: .venv/installed  ## make everything that is missing and serve http://127.0.0.1:8000 until Ctrl-C
	@exec $(BIN)/flask --app ecrm start

test: .venv/installed-test  ## install what the tests need and run all of them
	@$(MAKE) --no-print-directory .tools
	$(BIN)/python -m pytest -n 2 --dist loadgroup

coverage: export COVERAGE_FILE := $(CURDIR)/.coverage/data
coverage: .venv/installed-test  ## run all tests as `make test` does, slower, and fail where one line or branch was run by none of them
	@$(MAKE) --no-print-directory .tools
	@rm -rf .coverage && mkdir .coverage
	$(BIN)/python -m coverage run -m pytest -n 2 --dist loadgroup -q
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under 100

bench: .venv/installed-bench  ## measure beside Flask-Admin and Django's admin: SCALE=100000 ROUNDS=5 ONLY='search|deep' PEERS=stock
	@$(MAKE) --no-print-directory .tools
	$(BIN)/python -m tests.benchmarks

faults: .venv/installed-test  ## break things on purpose, as root, and print what was acknowledged and what was found afterwards: KILLS=70
	@$(MAKE) --no-print-directory .tools NEEDED="$(NEEDED) faketime" TOOLS="faketime"
	$(BIN)/python -m pytest tests/faults -q -o python_files='fault_*.py'

cluster: .venv/installed-test  ## run everything on three Galera nodes behind HAProxy, kill some of it, as root, and print what was found: ROUTE=all
	@$(MAKE) --no-print-directory .tools NEEDED="$(NEEDED) mariadb-server galera-4 haproxy openssl rsync" TOOLS="haproxy && command -v rsync && command -v wsrep_sst_rsync"
	$(BIN)/python -m tests.cluster

screenshots: .venv/installed-test  ## renew the pictures of README.md
	@$(MAKE) --no-print-directory .tools
	$(BIN)/python -m tests.screenshots

scan: .venv/installed .venv-scan/installed  ## let scanners that nobody here wrote look at a demo on loopback, and compare with docs/scanners.md: SECONDS=600
	$(BIN)/python -m tests.scan

# The scanners need libraries of their own, in other versions than ours.
.venv-scan/installed: Makefile
	@$(PYTHON) -m venv --clear .venv-scan
	.venv-scan/bin/pip install --quiet --disable-pip-version-check 'bandit>=1.9' 'pip-audit>=2.10' 'wapiti3>=3.2' 'sqlmap>=1.10' 'cyclonedx-bom>=7' 'uv>=0.9'
	@touch $@

sbom: .venv/installed .venv-scan/installed  ## write sbom.json: every library of .venv with its version and licence, as CycloneDX
	.venv-scan/bin/cyclonedx-py environment .venv --output-file sbom.json

# Production runs the very versions that the tests ran with.
LOCK := .venv-scan/bin/uv pip compile setup.cfg --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra build --extra redis --extra s3
lock: .venv-scan/installed  ## write the newest versions that setup.cfg allows, each with its hashes, into requirements.txt and requirements-test.txt
	$(LOCK) --extra test --output-file requirements-test.txt
	$(LOCK) --constraint requirements-test.txt --output-file requirements.txt

clean:  ## remove what can be made again; instance/ with its data stays
	rm -rf .venv .venv-scan .bench .coverage build dist *.egg-info .pytest_cache tests/failures
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp tells that the installation is as new as its description: the second run needs neither time nor network.
# Python compiles what it imports when it imports it; pip would compile all that lies there.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
OURS := $(PIP) --use-pep517 --no-build-isolation --no-deps --editable .
.venv/installed: requirements.txt setup.cfg pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements.txt
	$(OURS)
	@touch $@

.venv/installed-test: requirements-test.txt setup.cfg pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements-test.txt
	$(OURS)
	@touch $@ .venv/installed

.venv/installed-bench: .venv/installed-test
	$(PIP) --editable '.[bench]'
	@touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "E-CRM needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; $(MAKE) --no-print-directory .venv-package && $(PYTHON) -m venv .venv; }

# Debian keeps a part of venv in a package of its own.
.PHONY: .venv-package .tools
.venv-package:
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		|| { echo "Python's venv is missing: apt-get install python3-venv (as root), then again." >&2; exit 1; }
	apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv

# The tests start a MariaDB of their own in a temporary folder; these packages start no service and make no data.
.tools:
	@if ! { command -v mariadbd && command -v mariadb-install-db && command -v my_print_defaults \
			&& command -v chromium && command -v $(TOOLS) \
			&& $(BIN)/playwright --version; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && apt-get install -y -q --no-install-recommends $(NEEDED); \
		else \
			echo "This needs programs that are not installed: apt-get install $(NEEDED) (as root), then once more." >&2; exit 1; \
		fi; \
	fi
# Only Redis would start a service, which the tests leave alone: without it their one test of it is skipped.
	@command -v redis-server >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && apt-get install -y -q --no-install-recommends redis-server; } \
		|| echo "Without redis-server, the test of Redis is skipped."

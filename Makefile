# Two commands for a bare machine with python3 and make: `make run` and `make test`.
LOCK := requirements/dev.lock
STAMP := .venv/.lock-$(shell sha256sum $(LOCK) | cut -c1-16)
PY := .venv/bin/python
KEEPSIGHT := .venv/bin/keepsight
PORT ?= 8000
SCALE ?= 1

.PHONY: run test check audit fix bench migrations docs vendor clean

$(STAMP): $(LOCK)
	@test -x .venv/bin/python || python3 -m venv .venv || { echo "On Debian: apt-get install python3-venv"; exit 1; }
	$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: --no-binary docopt -r $(LOCK)
	@rm -f .venv/.lock-*; touch $@

# The command by its name, for this folder.
.venv/bin/keepsight: $(STAMP)
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/.venv/bin/python" -m keepsight.cli "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

run: .venv/bin/keepsight  ## an example authority's morning in the browser
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py collectstatic --noinput --verbosity 0
	$(KEEPSIGHT) example var/example --scale $(SCALE) --install
	$(KEEPSIGHT) serve --port $(PORT)

test: .venv/bin/keepsight  ## every test, on SQLite and on PostgreSQL, with a real browser
	bash tests/run

check: $(STAMP)  ## changes nothing: format, lint, imports, types, migrations, generated docs, dangerous calls, locks
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run --verbosity 1
	$(PY) -m docs.generate --check
	$(PY) -m tests.hardening.code
	$(PY) -m tests.hardening.packages

audit: $(STAMP)  ## asks a service on the network whether a locked package is known to be vulnerable
	.venv/bin/pip-audit --require-hashes --disable-pip -r requirements/run.lock
	.venv/bin/pip-audit --require-hashes --disable-pip -r $(LOCK)

fix: $(STAMP)  ## what a machine can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m docs.generate

bench: $(STAMP)  ## ratios measured side by side in one run
	$(PY) -m bench

vendor:  ## compile the GOV.UK assets again; the only use of Node
	sh keepsight/ui/vendor.sh

clean:
	rm -rf var .venv

# make help lists the targets. Everything works on a bare Debian or Ubuntu with Python 3.11, make and git.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin
WORKERS ?= 2

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: ## start the portal with all it needs; PORT=9000 make run for another port; Ctrl-C stops it
	@scripts/bootstrap run
	@exec $(PY)/python scripts/run.py

.PHONY: test
test: ## everything that must hold: static checks, then all tests on real servers and in a browser
	@scripts/bootstrap test
	@$(MAKE) --no-print-directory --jobs=2 static test-databases
	@$(PY)/pytest -n $(WORKERS) --dist=worksteal

.PHONY: test-databases
test-databases: # built while the static checks run; pytest alone builds them too
	@$(PY)/python -m tests.environment

.PHONY: check
check: ## the static checks alone
	@scripts/bootstrap check
	@$(MAKE) --no-print-directory static

.PHONY: static
static:
	@scripts/checks

.PHONY: fix
fix: ## let ruff and djlint mend what they can
	@scripts/bootstrap check
	$(PY)/ruff check --fix .
	$(PY)/ruff format .
	$(PY)/djlint --reformat --quiet templates

.PHONY: messages
messages: ## join the English texts of all parts and compile them
	@scripts/bootstrap check
	$(PY)/python scripts/messages.py merge
	$(PY)/python scripts/messages.py compile

.PHONY: bench
bench: ## measure: every program in benchmarks/
	@scripts/bootstrap check
	@shopt -s nullglob; for program in benchmarks/[!_]*.py; do echo "== $$program"; $(PY)/python "$$program" || exit 1; done

.PHONY: screenshots
screenshots: ## take the pictures of the README and the manual
	@scripts/bootstrap test
	$(PY)/python scripts/screenshots.py

.PHONY: lock
lock: ## pin exact versions of all dependencies into constraints.txt
	scripts/lock

.PHONY: clean
clean: ## remove caches and collected files; data and environments stay
	rm -rf staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

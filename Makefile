# opendome: needs make and Python 3.11 or later with its venv module; everything else goes into .venv.
#
#   make demo       install, compile, run 100 replications of the flagship case, say where the report is
#   make test       style, types, layers, tests, tests with the compiler off, coverage
#   make validate   published and analytic cases, with their tables
#   make bench      speed against peers and against floors
#   make docs       the documentation, strictly, into site/
#   make lint       style, types and layers only
#   make clean      remove what was built (not runs/)

PYTHON ?= python3
VENV ?= .venv
RUNS ?= 100
SEED ?= 1
OUT ?= runs/demo
COVERAGE_FLOOR ?= 90

BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test lint validate bench docs clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11; choose another with make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# One stamp for each set of extras: pip runs again only when the requirements have changed.
$(STAMPS)/runtime: $(STAMPS)/venv pyproject.toml constraints.txt
	$(PIP_INSTALL) -e .
	@touch $@

$(STAMPS)/check: $(STAMPS)/venv pyproject.toml constraints.txt
	$(PIP_INSTALL) -e '.[test,lint]'
	@touch $@

$(STAMPS)/bench: $(STAMPS)/venv pyproject.toml constraints.txt
	$(PIP_INSTALL) -e '.[test,verify]'
	@touch $@

$(STAMPS)/docs: $(STAMPS)/venv pyproject.toml constraints.txt
	$(PIP_INSTALL) -e '.[docs]'
	@touch $@

demo: $(STAMPS)/runtime
	$(BIN)/opendome warm-up
	$(BIN)/opendome run golden-dome-2029 --runs $(RUNS) --seed $(SEED) --out $(OUT) --overwrite
	@echo "Report: $(abspath $(OUT))/report.html"

lint: $(STAMPS)/check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The kernels are compiled before the workers start, so that two workers never compile the same one.
# Coverage cannot see into machine code: the kernels' tests run once more with the compiler off.
test: lint
	$(BIN)/opendome warm-up
	@rm -f .coverage .coverage.*
	COVERAGE_FILE=.coverage.compiled $(BIN)/pytest -m "not validation" -n 2 --dist loadfile \
	  --cov --cov-report=
	COVERAGE_FILE=.coverage.interpreted NUMBA_DISABLE_JIT=1 $(BIN)/pytest -m kernels -n 2 \
	  --dist loadfile --cov --cov-report=
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(COVERAGE_FLOOR)

validate: $(STAMPS)/bench
	$(BIN)/pytest tests/validation -m validation -s -q

bench: $(STAMPS)/bench
	$(BIN)/python -m benchmarks

docs: export NO_MKDOCS_2_WARNING := 1
docs: $(STAMPS)/docs
	$(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf $(VENV) build dist site htmlcov .coverage .coverage.* .hypothesis
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

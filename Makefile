# `make` lists the targets. Each sets up all it needs.
PYTHON ?= python3.11
BIN := .venv/bin
DBT := $(BIN)/dbt
READY := .venv/.ready

# what `make test` and `make lint` build goes here, never into your own database
SCRATCH := target/test
SCRATCH_ENV := SEGMENTATION_DUCKDB_PATH=$(SCRATCH)/segmentation.duckdb \
	DBT_TARGET_PATH=$(SCRATCH)/dbt DBT_LOG_PATH=$(SCRATCH)/logs
EMPTY := $(SCRATCH)/empty
EMPTY_ENV := SEGMENTATION_DUCKDB_PATH=$(EMPTY)/segmentation.duckdb \
	DBT_TARGET_PATH=$(EMPTY)/dbt DBT_LOG_PATH=$(EMPTY)/logs

NEWEST := target/newest
NEWEST_ENV := SEGMENTATION_DUCKDB_PATH=$(NEWEST)/segmentation.duckdb \
	DBT_TARGET_PATH=$(NEWEST)/dbt DBT_LOG_PATH=$(NEWEST)/logs

# Superset wants other versions than dbt: the dashboard has an environment of its own
DASHBOARD := .venv-dashboard
DASHBOARD_READY := $(DASHBOARD)/.ready
DASHBOARD_PORT ?= 8088

# dbt-spark and pyspark have an environment of their own: 1 GB
SPARK := .venv-spark
SPARK_READY := $(SPARK)/.ready
SPARK_SCRATCH := target/spark
SPARK_PLUGIN := $(shell find adapters/sparksession -name '*.py' -o -name '*.sql' -o -name '*.toml')

# files that build come first: with small ones last, no core waits long for another
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup build test test-fast test-library test-units test-newest lint docs settings metrics metrics-page cards report picture dashboard test-dashboard demo benchmark spark-setup spark-build spark-cluster test-spark mutants lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 20

setup: $(READY) ## Make the environment .venv from the lock file

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed. Install Python 3.11, or name another one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

build: $(READY) ## Build everything on the bundled demo, and show the segments
	$(DBT) build
	@$(DBT) --quiet show --limit 12 --inline "select segment_name, count_customers, round(100 * net_amount_share, 1) as revenue_pct, avg_churn_probability from {{ ref('rpt_segment_overview') }} where dimension = 'rfm' order by segment_order"
	@echo "The segments are in $${SEGMENTATION_DUCKDB_PATH:-segmentation.duckdb}, schema marts. To look at them:"
	@echo "  $(DBT) show --limit 20 --inline \"select * from {{ ref('fct_customer_segments') }}\""
	@echo "or open the file with any DuckDB client. The documentation: make docs"

test: lint ## Check everything: lint, dbt's tests, pytest
	@mkdir -p $(SCRATCH) && rm -f $(SCRATCH)/segmentation.duckdb
	$(SCRATCH_ENV) $(DBT) build --exclude-resource-type unit_test
	$(SCRATCH_ENV) $(DBT) --quiet test --select resource_type:unit_test
	SEGMENTATION_TEST_DEMO=$(SCRATCH)/segmentation.duckdb $(PYTEST)

test-fast: $(READY) ## Check in minutes what needs no build: lint, pytest on the library, dbt's unit tests
	$(MAKE) --jobs 2 lint test-library test-units

test-library: $(READY)
	$(PYTEST) tests/python/library

# unit tests want the tables they read to exist, with or without rows
test-units: $(READY)
	@mkdir -p $(EMPTY) && rm -f $(EMPTY)/segmentation.duckdb
	$(EMPTY_ENV) $(DBT) --quiet build --empty --exclude-resource-type test unit_test exposure
	$(EMPTY_ENV) $(DBT) --quiet test --select resource_type:unit_test

# in an environment of its own: pip takes the newest that the bounds in pyproject.toml allow
test-newest: ## Check the library and a build on the newest versions of what we depend on
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed. Name another one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear $(NEWEST)/venv
	$(NEWEST)/venv/bin/pip install --quiet --disable-pip-version-check . hypothesis pytest pytest-xdist
	@$(NEWEST)/venv/bin/pip list --disable-pip-version-check --format freeze | grep -iE "^(dbt-core|dbt-duckdb|duckdb|numpy|pandas|pyarrow|scikit-learn|scipy)="
	$(NEWEST)/venv/bin/pytest --numprocesses auto --maxprocesses 4 tests/python/library
	@rm -f $(NEWEST)/segmentation.duckdb
	$(NEWEST_ENV) $(NEWEST)/venv/bin/dbt build

lint: $(READY) ## Lint Python and SQL, and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@mkdir -p $(SCRATCH)
	$(SCRATCH_ENV) $(BIN)/sqlfluff lint --disable-progress-bar --processes 0 models tests/singular

docs: $(READY) ## Write the documentation with the lineage of every column as a site
	$(DBT) build
	$(DBT) compile --quiet --full-refresh
	$(DBT) docs generate --quiet --static --no-compile
	$(BIN)/python -m segmentation.lineage $${DBT_TARGET_PATH:-target} docs docs/site

settings: $(READY) ## Write the tables of docs/settings.md
	$(BIN)/python docs/settings_page.py

metrics: $(READY) ## Check the metrics against what is built, and show some
	$(DBT) build --quiet
	$(BIN)/mf validate-configs
	$(BIN)/mf query --saved-query customers_by_rfm_segment --decimals 2

metrics-page: $(READY) ## Write the tables of docs/metrics.md
	$(BIN)/python docs/metrics_page.py

cards: $(READY) ## Write a page on each model that serves and each segment, as Markdown
	$(DBT) build --quiet
	$(BIN)/python -m segmentation.cards $${SEGMENTATION_DUCKDB_PATH:-segmentation.duckdb} docs/site

report: $(READY) ## Write how customers are doing as one page that needs no server
	$(DBT) build --quiet
	$(BIN)/python -m segmentation.report "$$(dirname $${SEGMENTATION_DUCKDB_PATH:-segmentation.duckdb})/published/current/marts.duckdb" docs/site/report.html

picture: report ## Take the picture of the report in README.md (needs Chromium)
	$(BIN)/python docs/report_picture.py docs/site/report.html docs/report.png

dashboard: $(READY) $(DASHBOARD_READY) ## Show what is published as a dashboard in Superset, on this machine
	@file="$$(dirname $${SEGMENTATION_DUCKDB_PATH:-segmentation.duckdb})/published/current/marts.duckdb"; \
	test -e "$$file" || $(DBT) build && \
	exec $(DASHBOARD)/bin/python dashboards/superset/serve.py "$$file" --port $(DASHBOARD_PORT)

$(DASHBOARD_READY): dashboards/superset/requirements.lock
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed. Install Python 3.11, or name another one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Installing Superset in $(DASHBOARD): 900 MB, one to three minutes"
	$(PYTHON) -m venv $(DASHBOARD)
	$(DASHBOARD)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# what `make test` has built serves; else the demo is built
test-dashboard: $(READY) $(DASHBOARD_READY) ## Look at the dashboard in a browser (needs Chromium)
	@mkdir -p $(SCRATCH)
	@test -e $(SCRATCH)/segmentation.duckdb || $(SCRATCH_ENV) $(DBT) build
	SEGMENTATION_TEST_DEMO=$(SCRATCH)/segmentation.duckdb $(BIN)/pytest tests/python/dashboard

spark-setup: $(SPARK_READY) ## Make the environment .venv-spark from its lock file

$(SPARK_READY): requirements-spark.lock pyproject.toml $(SPARK_PLUGIN)
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed. Install Python 3.11, or name another one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Installing Spark in $(SPARK): 1 GB, one to three minutes"
	test -x $(SPARK)/bin/pip || $(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall ./adapters/sparksession
	@rm -rf adapters/sparksession/build adapters/sparksession/*.egg-info
	@touch $@

spark-build: $(SPARK_READY) ## Build everything on Spark, on this machine (needs Java 17)
	DBT_TARGET_PATH=$(SPARK_SCRATCH)/dbt $(SPARK)/bin/dbt build --target spark

spark-cluster: $(SPARK_READY) ## Build on a Spark cluster of three processes, and stop it
	DBT_TARGET_PATH=$(SPARK_SCRATCH)/dbt $(SPARK)/bin/python adapters/sparksession/cluster.py $(SPARK)/bin/dbt build --target spark

test-spark: $(READY) $(SPARK_READY) ## Build two days of a small shop on Spark and DuckDB, and compare
	$(BIN)/pytest tests/python/spark

demo: $(READY) ## Write the demo seeds again
	$(BIN)/python -m segmentation.world --customers 2000 --years 3 --seed 7 --format csv --prefix raw_ --raw seeds/demo

benchmark: $(READY) ## Measure time and memory beside a baseline
	$(BIN)/python -m benchmarks

mutants: $(READY) ## Break the library in 321 places, and see which tests notice
	$(BIN)/python tests/mutants.py

lock: $(READY) ## Pin the newest versions that pyproject.toml, the dashboard and Spark allow (needs uv)
	uv pip compile --quiet --universal --upgrade --no-strip-extras --extra dev --extra docs --extra report \
		--generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 \
		dashboards/superset/requirements.in -o dashboards/superset/requirements.lock
	uv pip compile --quiet --universal --upgrade --no-strip-extras \
		--generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 --constraint requirements.lock \
		adapters/sparksession/requirements.in -o requirements-spark.lock

clean: ## Remove what builds leave behind, but not the environment or the database
	rm -rf target logs docs/site .pytest_cache .ruff_cache .hypothesis

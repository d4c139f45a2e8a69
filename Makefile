# Every command works from a clean clone with Python 3.11 and Go 1.26; uv and all else is brought here.
STACK ?= aws-dev
UV_VERSION := 0.13.8
UV := .tools/$(UV_VERSION)/bin/uv
BIN := .venv/bin
ACTIONLINT_VERSION := 1.7.12
ACTIONLINT := .tools/actionlint/$(ACTIONLINT_VERSION)/actionlint
CERT_MANAGER_VERSION := 1.21.2
CERT_MANAGER := .tools/cert-manager/$(CERT_MANAGER_VERSION)/cert-manager
ENVOY_GATEWAY_VERSION := 1.9.1
ENVOY_GATEWAY := .tools/envoy-gateway/$(ENVOY_GATEWAY_VERSION)/envoy-gateway
ENVOY_GATEWAY_KINDS := .tools/envoy-gateway/$(ENVOY_GATEWAY_VERSION)/gateway-crds-helm
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
export PYTHONUNBUFFERED := 1
# Some images switch bytecode off; then every process compiles the SDKs anew (10 s each, 2026-11).
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup programs scan scan-lock engine engine-lock lite lite-lock gateway gateway-lock certificates loader-lock images rehearse upgrade-proof release-record test test-fast test-all check fmt golden dashboards bench clean

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(UV):
	@echo "Installing uv $(UV_VERSION) into .tools"
	@rm -rf .tools
	@python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/$(UV_VERSION) uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet
	@touch $@

# The wrapper on PyPI downloads from GitHub; Go's checksum database vouches for this one.
$(ACTIONLINT): | $(UV)
	@GOBIN=$(CURDIR)/$(@D) CGO_ENABLED=0 go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT_VERSION)

setup: .venv/.synced ## Install uv and the Python packages of uv.lock

programs: setup ## Find, download or build the engine, the control plane, and Prometheus for tests
	@$(BIN)/python -m infra.rehearsal.ladder

.tools/checkov/.synced: .ci/checkov/pyproject.toml .ci/checkov/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/checkov $(UV) sync --project .ci/checkov --frozen --quiet
	@touch $@

scan: setup .tools/checkov/.synced ## Run checkov over the Kubernetes objects of all stacks; writes docs/scan.md
	@$(BIN)/python -m tests.support.scan_report

scan-lock: $(UV) ## Lock checkov's environment anew, after a change of .ci/checkov/pyproject.toml
	@$(UV) lock --project .ci/checkov

# A machine for which there is no CPU build runs the other tests all the same.
engine: $(UV) ## Install vLLM's CPU build (Linux on x86-64, Python 3.11; 6 GB) into .tools/vllm, for `make test-all`
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/vllm $(UV) sync --project .ci/vllm --frozen --quiet \
		|| echo "vLLM's CPU build cannot be had here: its tests will say not run"

engine-lock: $(UV) ## Lock its environment anew, after a change of .ci/vllm/pyproject.toml
	@$(UV) lock --project .ci/vllm

lite: $(UV) ## Install Milvus Lite and Milvus' client (Linux on x86-64, Python 3.11; 0.5 GB) into .tools/milvus-lite, for `make test-all`
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/milvus-lite $(UV) sync --project .ci/milvus-lite --frozen --quiet \
		|| echo "Milvus Lite cannot be had here: its tests will say not run"

lite-lock: $(UV) ## Lock its environment anew, after a change of .ci/milvus-lite/pyproject.toml
	@$(UV) lock --project .ci/milvus-lite

# Static, so that it runs in a folder that holds nothing else.
$(ENVOY_GATEWAY): | $(UV)
	@GOBIN=$(CURDIR)/$(@D) CGO_ENABLED=0 go install -trimpath github.com/envoyproxy/gateway/cmd/envoy-gateway@v$(ENVOY_GATEWAY_VERSION)

# The definitions of the very version: its module holds its charts.
$(ENVOY_GATEWAY_KINDS): $(ENVOY_GATEWAY)
	@mkdir -p $@
	@cp -r "$$(go env GOMODCACHE)/github.com/envoyproxy/gateway@v$(ENVOY_GATEWAY_VERSION)/charts/gateway-crds-helm/templates/." $@
	@chmod -R u+w $@
	@touch $@

# A machine that cannot have them runs the other tests all the same.
gateway: $(UV) ## Build the Envoy Gateway controller (2 minutes) and install Envoy into .tools, for `make test-all`
	@$(MAKE) --no-print-directory $(ENVOY_GATEWAY_KINDS) \
		|| echo "the Envoy Gateway controller cannot be built here: its tests will say not run"
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/envoy $(UV) sync --project .ci/envoy --frozen --quiet \
		|| echo "Envoy cannot be had here: its tests will say not run"

$(CERT_MANAGER): .ci/cert-manager/main.go .ci/cert-manager/go.mod .ci/cert-manager/go.sum
	@CGO_ENABLED=0 go build -C .ci/cert-manager -trimpath -o $(CURDIR)/$@ .

certificates: ## Build cert-manager's controllers (4 minutes) into .tools, for `make test-all`
	@$(MAKE) --no-print-directory $(CERT_MANAGER) \
		|| echo "cert-manager cannot be built here: its tests will say not run"

gateway-lock: $(UV) ## Lock Envoy's environment anew, after a change of .ci/envoy/pyproject.toml
	@$(UV) lock --project .ci/envoy

loader-lock: setup ## Lock what the weights loader's image holds, in the versions of uv.lock
	@$(UV) export --frozen --quiet --no-hashes --no-emit-project --output-file .tools/project.txt
	@$(UV) pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.13 --python-platform linux \
		--constraint .tools/project.txt --output-file images/weights-loader/requirements.txt images/weights-loader/requirements.in

images: setup ## Build, scan, push and sign images for the registry of STACK; IMAGE=model-server for one, PLAN=1 to look
	@$(BIN)/tokenworks images $(STACK) $(if $(IMAGE),--image $(IMAGE)) $(if $(KEY),--key $(KEY)) $(if $(PLAN),--plan)

rehearse: setup ## Bring STACK up on the real engine and a real control plane; KEEP=1 leaves it, FACTS=fresh-account
	@$(BIN)/tokenworks rehearse $(STACK) $(if $(KEEP),--keep) $(if $(FACTS),--facts $(FACTS))

upgrade-proof: setup ## Say what an upgrade from the last release that is kept would take away: cluster, pools, buckets, databases
	@$(BIN)/python -m tests.support.upgrade_proof

release-record: programs ## Keep what the present version declares and its rehearsal left, in tests/releases, in the place of the last release
	@$(BIN)/python -m tests.support.releases
	@$(BIN)/python -m tests.support.kept_state

test-fast: setup ## Unit tests: no engine, no API server, no simulated cloud, under a minute
	@$(BIN)/pytest tests/unit -n 2 --dist loadfile --ignore tests/unit/rehearsal/aws \
		--ignore tests/unit/rehearsal/gcp -m "not thorough" \
		--hypothesis-profile fast

test: programs .tools/checkov/.synced ## What CI runs: unit tests, then the real engine and the real API server
	@$(BIN)/pytest tests/unit -n 2
	@$(BIN)/pytest tests/real -n 2 --no-loadscope-reorder -m "not slow"

test-all: programs .tools/checkov/.synced engine lite gateway certificates ## Everything, with the tests that take minutes; PART=1/6 for a sixth of it
	@$(if $(filter-out 1/%,$(PART)),:,$(BIN)/pytest tests/unit -n 2)
	@$(BIN)/pytest tests/real -n 2 --no-loadscope-reorder $(if $(PART),--part $(PART))

check: setup $(ACTIONLINT) ## Formatting, lint, types, import contract, lock files, Dockerfiles, workflows, doc examples
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/ty check
	@PYTHONPATH=images/weights-loader/src $(BIN)/lint-imports
	@$(UV) lock --check --quiet
	@$(UV) lock --check --quiet --project .ci/checkov
	@$(UV) lock --check --quiet --project .ci/vllm
	@$(UV) lock --check --quiet --project .ci/milvus-lite
	@$(UV) lock --check --quiet --project .ci/envoy
	@$(BIN)/hadolint --failure-threshold style images/*/Dockerfile
	@$(ACTIONLINT) -shellcheck $(BIN)/shellcheck .github/workflows/*.yml
	@$(BIN)/pytest docs README.md CONTRIBUTING.md --quiet

fmt: setup ## Format and apply safe lint fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: setup ## Rewrite tests/golden, docs/clouds.md, docs/gpu-selection.md, docs/costs.md, docs/policies.md and docs/alerts.md from the present program; review the diff
	@$(BIN)/python -m tests.support.goldens
	@$(BIN)/python -m infra.graph.clouds
	@$(BIN)/python -m infra.sizing.selection
	@$(BIN)/python -m infra.cost.document 2>/dev/null
	@$(BIN)/python -m policies.document
	@$(BIN)/python -m components.observability.document

dashboards: programs ## Draw docs/images/dashboards anew, from data that are replayed into a real Prometheus
	@$(BIN)/python -m tests.support.observability.draw

bench: setup ## Preview and up as ratios to a flat program, in one run
	@$(BIN)/python -m benchmarks

clean: ## Remove what the commands above made in this folder (not the per-user cache)
	@rm -rf .venv .tools .rehearsal .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

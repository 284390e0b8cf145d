# Builds, checks and runs trunc. Every file has its real dependencies: what is up to date is left alone.

MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
.DELETE_ON_ERROR:
# Cargo uses all cores, and two builds of the launcher write the same file before it is copied.
.NOTPARALLEL:
.SUFFIXES:
.DEFAULT_GOAL := help
SHELL := /bin/sh

TARGET := x86_64-unknown-linux-gnu
PREFIX ?= /usr/local
DESTDIR ?=
CMD ?=
FILTER ?=
SUITES ?=
BENCH ?=
CONFORMANCE ?=
FAULTS ?=
RUNTIME ?= dist/bin/trunc
ENGINES ?= debian
LOAD ?=
# Flags of the caller would replace those of .cargo/config.toml.
unexport RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

CARGO := cargo
# The fuzzers are a workspace of their own.
MANIFESTS := Cargo.toml native/fuzz/Cargo.toml
NODE_TS := node --import tsx
UVU := $(NODE_TS) node_modules/uvu/bin.js

NPM := node_modules/.package-lock.json
PATCHED := target/patched/.stamp
RUST := Cargo.toml Cargo.lock .cargo/config.toml $(PATCHED)
sources = $(if $(wildcard $(1)),$(shell find $(1) -type f -not -path '*/test/*' $(2)))

RUNTIME_TS := $(call sources,runtime,-name '*.[jt]s' -not -name '*.test.ts' -not -path 'runtime/node/*')
UNIT_TS := $(call sources,runtime,-name '*.test.ts')
PLAN_RS := $(call sources,native/plan,)
SYS_RS := $(call sources,native/sys,)
INIT_RS := $(call sources,native/init,)
CORE_RS := $(call sources,native/core,)
ADDON_RS := $(call sources,native/addon,-not -name '*.d.ts')
SECCOMP_SRC := $(call sources,native/seccomp,)
BYTECODE_RS := $(call sources,native/bytecode,)
LAUNCHER_RS := $(call sources,native/launcher,)
SNAPSHOTS_TS := scripts/build-snapshots.ts $(call sources,scripts/snapshots,-not -name '*.test.ts')

# The parts below are built once they are members of the workspace.
MEMBERS := $(shell sed -n '/^members/,/]/p' Cargo.toml)
INIT := $(if $(findstring native/init,$(MEMBERS)),dist/init/trunc-init)
SECCOMP := $(if $(findstring native/seccomp,$(MEMBERS)),dist/seccomp/.stamp)
NATIVE := $(RUST) $(PLAN_RS) $(SYS_RS) $(CORE_RS) $(ADDON_RS) $(INIT) $(SECCOMP)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort | awk -F '\t' '{ printf "%-13s %s\n", $$1, $$2 }'

.PHONY: setup
setup: packages-test $(NPM) $(PATCHED) ## Install what is missing: Debian packages, npm and cargo dependencies

.PHONY: packages packages-test
packages:
	@sh scripts/setup.sh

packages-test:
	@sh scripts/setup.sh test

# A registry that lacks packages of other platforms writes lock files without them, which `npm ci` refuses;
# `npm install` takes the same versions, checked by the same sums.
NPM_FLAGS := --no-audit --no-fund --loglevel=error
$(NPM): package.json package-lock.json
	npm ci $(NPM_FLAGS) || npm install --no-save $(NPM_FLAGS)
	@touch $@

$(PATCHED): scripts/patch-crates.sh patches/crates.txt $(wildcard patches/*.patch)
	sh scripts/patch-crates.sh
	$(CARGO) fetch --locked --quiet

.PHONY: build
build: packages dist/bin/trunc ## Build dist/bin/trunc, the one static file

dist/bin/trunc: dist/bytecode/runtime/chunks.rs $(NATIVE) $(LAUNCHER_RS) scripts/build-launcher.sh $(SNAPSHOTS_TS) $(NPM)
	sh scripts/build-launcher.sh $@

# The chunks of a bundle as bytecode, for the launcher to embed.
dist/bytecode/%/chunks.rs: dist/%/main.js $(RUST) $(BYTECODE_RS)
	$(CARGO) run --quiet --locked --package trunc-bytecode -- dist/$* $(@D)

dist/runtime/main.js: $(RUNTIME_TS) scripts/build-runtime.ts $(NPM)
	$(NODE_TS) scripts/build-runtime.ts

# A program without libc that runs inside the container; the core embeds it.
dist/init/trunc-init: $(RUST) $(PLAN_RS) $(SYS_RS) $(INIT_RS)
	sh scripts/build-init.sh $@

dist/seccomp/.stamp: $(SECCOMP_SRC) scripts/build-seccomp.ts $(NPM)
	$(NODE_TS) scripts/build-seccomp.ts
	@mkdir -p $(@D) && touch $@

.PHONY: addon
addon: packages dist/addon/trunc.node ## Build the addon for Node and its declarations
	cp dist/addon/trunc.d.ts native/addon/index.d.ts

dist/addon/trunc.node: $(NATIVE) scripts/build-addon.sh $(NPM)
	sh scripts/build-addon.sh trunc

.PHONY: contract
contract: dist/bin/trunc dist/bin/trunc-contract dist/addon/contract.node ## The contract test, on Node and in the launcher
	$(UVU) spec-tests/contract '\.test\.ts$$'

# Development builds of the addon and the launcher that also export, and run, the contract test.
dist/addon/contract.node: $(NATIVE) scripts/build-addon.sh $(NPM)
	sh scripts/build-addon.sh contract contract

dist/contract/main.js: $(wildcard spec-tests/contract/*.ts spec-tests/unit/*.ts) $(RUNTIME_TS) $(UNIT_TS) scripts/build-runtime.ts scripts/unit-tests.ts $(NPM)
	$(NODE_TS) scripts/build-runtime.ts spec-tests/contract/main.ts dist/contract

dist/bin/trunc-contract: dist/bytecode/contract/chunks.rs $(NATIVE) $(LAUNCHER_RS) scripts/build-launcher.sh
	sh scripts/build-launcher.sh $@ contract

# Only rustup's compilers are sure to have it.
ASAN_RT := $(wildcard $(shell rustc --print sysroot 2>/dev/null)/lib/rustlib/$(TARGET)/lib/librustc-*_rt.asan.a)
ASAN := $(if $(ASAN_RT),dist/asan/trunc-contract)

.PHONY: asan
asan: dist/asan/trunc dist/asan/trunc-contract packages-test ## Unit tests, spec tests and odd inputs on a build with AddressSanitizer in QuickJS, N-API layer and Rust, as root; FILTER=
	$(NODE_TS) spec-tests/asan/run.ts $(FILTER)

dist/asan/trunc: dist/bytecode/runtime/chunks.rs $(NATIVE) $(LAUNCHER_RS) scripts/build-asan.sh
	sh scripts/build-asan.sh $@

dist/asan/trunc-contract: dist/bytecode/contract/chunks.rs $(NATIVE) $(LAUNCHER_RS) scripts/build-asan.sh
	sh scripts/build-asan.sh $@ contract

.PHONY: valgrind
valgrind: dist/bytecode/contract/chunks.rs $(NATIVE) $(LAUNCHER_RS) ## The contract and the unit tests under valgrind, which a static program would defeat
	RUSTFLAGS='-C target-feature=-crt-static' $(CARGO) build --release --locked --target-dir target/valgrind \
	  --config profile.release.strip=false --config profile.release.debug=1 --package trunc-launcher --features contract
	for tests in values unit; do \
	  valgrind --quiet --error-exitcode=99 target/valgrind/$(TARGET)/release/trunc $$tests || exit; \
	done

.PHONY: sbom
sbom: $(NPM) $(PATCHED) ## Write dist/sbom.cdx.json, the bill of materials (CycloneDX), from the lock files
	@$(NODE_TS) scripts/sbom.ts

.PHONY: deny
deny: $(NPM) $(PATCHED) ## What cargo-deny says of all crates, by the policy of make check; builds it first, in some minutes
	@$(NODE_TS) scripts/deny.ts $(MANIFESTS)

.PHONY: reproducible
reproducible: $(NPM) ## Build the commit twice, in two places: the same bytes?
	sh scripts/reproducible.sh

.PHONY: install
install: build ## Install PREFIX/bin/trunc (default /usr/local), its manual pages and completion for shells
	sh scripts/install-static.sh dist/bin/trunc $(DESTDIR)$(PREFIX)/bin/trunc
	cd share && find . -type f -exec install -D --mode=644 {} $(abspath $(DESTDIR)$(PREFIX))/share/{} \;

.PHONY: run
run: build ## Run a container: a shell, or CMD='echo hello'
	@sh scripts/run-example.sh $(CMD)

.PHONY: test
test: test-parts ## All suites, then one line with their sum; SUITES='unit spec' for some (scripts/tally/suites.ts)
	@$(NODE_TS) scripts/tally.ts $(SUITES)

# The gate, counted as one more test.
.PHONY: ci
ci: test-parts
	@$(NODE_TS) scripts/tally.ts +check

.PHONY: test-parts
test-parts: packages-test dist/bin/trunc dist/addon/trunc.node dist/bin/trunc-contract dist/addon/contract.node $(ASAN)

.PHONY: unit unit-runtime unit-seccomp unit-tools coverage
unit: unit-runtime unit-seccomp unit-tools ## Unit tests

unit-runtime: $(NPM) dist/addon/trunc.node
	$(UVU) runtime '\.test\.ts$$'

unit-seccomp: $(NPM) $(SECCOMP)
	$(UVU) native/seccomp/test '\.test\.ts$$'

unit-tools: $(NPM)
	$(UVU) scripts '\.test\.ts$$'
	$(UVU) bench '\.test\.ts$$'
	$(UVU) spec-tests/engines '\.test\.ts$$'
	$(UVU) spec-tests/conformance '\.test\.ts$$'

coverage: $(NPM) dist/addon/trunc.node ## Unit tests of runtime/ with their coverage
	c8 $(UVU) runtime '\.test\.ts$$'

.PHONY: spec
spec: build packages-test ## Spec tests against the built binary, as root; FILTER=, RUNTIME=
	RUNTIME=$(RUNTIME) $(NODE_TS) spec-tests/run.ts $(FILTER)

.PHONY: denied
denied: build packages-test ## Spec tests with single system calls made to fail around trunc, as root; FILTER='config/mounts fsopen=ENOSYS'
	$(NODE_TS) spec-tests/denied/run.ts $(FILTER)

.PHONY: differential
differential: build packages-test ## The same command lines on runc (RUNC=, dist/peers/runc or the machine's) and on trunc; FILTER=
	$(NODE_TS) spec-tests/differential/run.ts "$(FILTER)"

.PHONY: faults
faults: build packages-test ## Fail every system call of every command in turn, as root; goes on where it stopped; FAULTS='--fresh'
	$(NODE_TS) spec-tests/faults/run.ts $(FAULTS)

.PHONY: test-vm
test-vm: build packages-test ## Spec tests in a virtual machine: pure cgroup v2, systemd, all capabilities; FILTER=
	$(NODE_TS) spec-tests/vm/suite.ts $(or $(FILTER),--all)

.PHONY: engines
engines: build packages-test ## Real engines on trunc and on runc, feature by feature, as root; ENGINES=new for current ones
	@$(NODE_TS) spec-tests/engines/run.ts --engines $(ENGINES)

.PHONY: conformance
conformance: build packages-test ## The specification's own validation suite on trunc, runc and crun: one table; CONFORMANCE='--vm --write'
	$(NODE_TS) spec-tests/conformance/compare.ts $(CONFORMANCE)

.PHONY: fuzz
SECONDS ?= 60
SEED ?= 1
fuzz: build addon $(SECCOMP) packages-test ## Odd inputs for all that reads what others wrote; SECONDS=, SEED=
	FUZZ_SEED=$(SEED) FUZZ_ROUNDS=$$(( $(SECONDS) * 200 )) $(CARGO) test --locked --quiet --package trunc-plan --features host --lib
	$(NODE_TS) spec-tests/fuzz/run.ts --seconds $(SECONDS) --seed $(SEED)

.PHONY: fuzz-rust
fuzz-rust: packages-test dist/init/trunc-init $(SECCOMP) $(PATCHED) ## libFuzzer on the Rust that reads what others wrote, SECONDS= for each target
	@sh scripts/fuzz-rust.sh $(SECONDS)

.PHONY: readme
readme: build ## Run the commands of README.md and compare what they print, as root
	@$(NODE_TS) scripts/readme.ts

.PHONY: bench
bench: build packages-test ## Compare trunc with the runtimes that are installed, as root; BENCH='--quick'
	$(NODE_TS) bench/compare.ts $(BENCH)

.PHONY: bench-load
bench-load: build packages-test ## Hundreds of containers under dockerd and containerd, with trunc, runc and crun, as root; LOAD='--sequence 50'
	$(NODE_TS) spec-tests/engines/load.ts $(LOAD)

.PHONY: peers
peers: ## Fetch newer runc and crun into dist/peers from package registries, for the bench and SUITES=spec-runc-new
	bench/peers.sh

.PHONY: readme-bench
readme-bench: $(NPM) ## Put what `make bench` measured into README.md and docs/
	$(NODE_TS) scripts/readme-bench.ts

.PHONY: check
check: packages check-format check-lint check-types check-layers check-supply check-libc check-generated unit ## The one gate: format, lint, types, layers, generated files, unit tests

.PHONY: check-format
check-format: $(NPM) $(PATCHED)
	@for manifest in $(MANIFESTS); do \
	  $(CARGO) fmt --all --check --manifest-path $$manifest || { echo "fix: make format" >&2; exit 1; }; \
	done

.PHONY: check-lint
# The init has a panic handler of its own, which nothing that is built with std may see; parts of the launcher are for musl only.
check-lint: $(NATIVE) dist/bytecode/runtime/chunks.rs
	@biome check --error-on-warnings || { echo "fix: make format, then what is left by hand" >&2; exit 1; }
	$(CARGO) clippy --locked --quiet --workspace --exclude trunc-init --all-targets -- --deny warnings
	$(CARGO) clippy --locked --quiet --package trunc-init -- --deny warnings
	TRUNC_MUSL=. CC_x86_64_unknown_linux_gnu=musl-gcc $(CARGO) clippy --locked --quiet --package trunc-launcher -- --deny warnings

.PHONY: check-types
check-types: $(NPM) dist/addon/contract.node
	tsc --project tsconfig.json
	tsc --project tsconfig.tools.json

.PHONY: check-layers
check-layers: $(NPM) dist/runtime/main.js
	@$(NODE_TS) scripts/check-layers.ts
	@$(NODE_TS) scripts/check-chunks.ts
	@$(NODE_TS) scripts/check-docs.ts

.PHONY: check-libc
check-libc: $(NPM) dist/bin/trunc
	@$(NODE_TS) scripts/check-libc.ts

.PHONY: check-supply
check-supply: $(NPM) $(PATCHED)
	@$(NODE_TS) scripts/check-supply.ts

.PHONY: check-generated
check-generated: dist/addon/trunc.node
	@diff -u native/addon/index.d.ts dist/addon/trunc.d.ts || { echo "fix: make addon" >&2; exit 1; }
	@for script in $(wildcard scripts/gen-*.ts); do \
	  $(NODE_TS) $$script --check || { echo "fix: make generate" >&2; exit 1; }; \
	done

.PHONY: generate
generate: $(NPM) addon ## Make the generated files that are kept in the tree anew
	for script in $(wildcard scripts/gen-*.ts); do $(NODE_TS) $$script; done

.PHONY: format
format: $(NPM) $(PATCHED) ## Format all sources
	for manifest in $(MANIFESTS); do $(CARGO) fmt --all --manifest-path $$manifest; done
	biome check --write

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf dist target coverage

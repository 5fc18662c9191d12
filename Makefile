# Every command installs what it misses; `make demo` is the place to start.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BUILD := swift build

.PHONY: help packages build demo test lint bench prove boot fuzz

help: ## lists what make can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

packages:
	@scripts/install-packages $(PACKAGES)

build: packages ## builds everything
	@$(BUILD)

demo: packages ## one application from card to verified receipt, then the console; ONCE=1 ends after the receipt
	@$(BUILD) --quiet 1>&2
	@exec "$$(swift build --show-bin-path)/intake-demo" $(if $(ONCE),--once)

test: PACKAGES := test
test: packages lint ## every test, every kind of proof at a small size
	@$(BUILD) --build-tests
	@swift test --skip-build

lint: ## the formatter's opinion
	@swift format lint --strict --recursive --parallel Package.swift Sources Benchmarks

bench: PACKAGES := bench
bench: packages ## what docs/performance.md claims, against peers in the same run; writes bench.json
	@swift build -c release --quiet 1>&2
	@scripts/unpack-peers
	@"$$(swift build -c release --show-bin-path)/station-benchmarks"

fuzz: packages ## mutated inputs to every parser of foreign bytes for SECONDS=n; TARGET=x, SEED=n, REPLAY=file
	@swift build -c release --quiet --product station-fuzz 1>&2
	@exec "$$(swift build -c release --show-bin-path)/station-fuzz" $(if $(REPLAY),replay $(REPLAY),run \
	    --seconds $(or $(SECONDS),60) $(if $(TARGET),--target $(TARGET)) $(if $(SEED),--seed $(SEED)))

prove: PACKAGES := test
prove: packages ## full-size proofs; leaves a dated result file in docs/results/
	@scripts/prove

boot: packages ## boots the units under a real systemd in a container (root, debootstrap, systemd-nspawn)
	@scripts/prove-boot

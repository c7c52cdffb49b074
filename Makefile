# GenderGPT: one command for everything one does here. The work is in scripts/.
# The interpreter is found by scripts/setup.sh; PYTHON=... chooses another one.
PORT ?= 7860
EVALSETS ?= ../shared/evalsets ../shared/questions
PROFILE ?= quick

.PHONY: help setup run test bench eval

help: ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## /\1#/p' Makefile | awk -F'#' '{ printf "make %-6s %s\n", $$1, $$2 }'

setup: ## Make .venv and install GenderGPT into it; nothing is done twice.
	@sh scripts/setup.sh

run: setup ## Ingest corpus/, print one cited answer, serve the web chat (PORT=7860).
	@sh scripts/run.sh "$(PORT)"

test: ## Run all checks: ruff, mypy, import contracts, pytest.
	@sh scripts/setup.sh dev
	@sh scripts/test.sh

bench: ## Measure speed beside the plain LangChain way, on the same files.
	@sh scripts/setup.sh dev bench
	@.venv/bin/python benchmarks/run.py

eval: ## Measure answers and retrieval on judged questions (EVALSETS=..., PROFILE=full).
	@sh scripts/setup.sh dev eval
	@.venv/bin/gendergpt eval $(EVALSETS) --profile "$(PROFILE)" --out eval-output

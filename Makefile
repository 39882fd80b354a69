# Two commands a newcomer needs: `make chat` and `make test`. Both make .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared/data

.PHONY: chat test check bench train clean

chat: $(VENV)/.installed
	$(BIN)/coachbot chat

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff format --check coachbot tests
	$(BIN)/ruff check coachbot tests
	$(BIN)/mypy --strict coachbot
	$(BIN)/coachbot check

bench: $(VENV)/.dev
	$(BIN)/python -m pytest tests/bench

train: $(VENV)/.dev
	$(BIN)/pip install -q -c requirements.txt -e '.[train]'
	$(BIN)/python -m coachbot.nlp.training --shared $(SHARED)

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "coachbot needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12 chat")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/pip pyproject.toml requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check -c requirements.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install -q --disable-pip-version-check -c requirements.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV)

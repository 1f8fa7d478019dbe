# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run shell train test lint eval eval-typos safety safety-table bench benchmark-nlu faq report widget bench-widget pictures faults soak sbom audit clean
MODEL := models/spinechat.tar.gz
PYTHON := .venv/bin/python
# Rasa's telemetry stays off; SQLAlchemy's note on version 2 is nothing a user can act on.
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 2

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Set up everything: uv, the locked environment, the encoder
	@scripts/setup

run: setup ## Train if needed, start the server and print its address
	@$(PYTHON) -m spinechat run

shell: train ## Talk to the assistant in the terminal (rasa shell)
	@.venv/bin/rasa shell -m $(MODEL)

train: setup ## Train the model, if its data changed
	@$(PYTHON) -m spinechat train

test: ## Run every test (ARTICLE=path compares the answers with the article too)
	@scripts/setup tools
	@scripts/web browser
	@$(PYTHON) -m spinechat train
	@scripts/test

lint: setup ## Check style and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@scripts/web check

eval: train ## Score the frozen test messages, beside two baselines (HALF=dev for the other half)
	@PYTHONWARNINGS=ignore $(PYTHON) -m spinechat.evaluation --half $(or $(HALF),test)

eval-typos: train ## Score the single messages with typing errors beside the untouched (HALF=dev)
	@PYTHONWARNINGS=ignore $(PYTHON) -m spinechat.evaluation.typo_score --half $(or $(HALF),test)

safety: train ## Score emergencies, crises and their look-alikes (of the dev half; HALF=test for the other)
	@PYTHONWARNINGS=ignore $(PYTHON) -m spinechat.evaluation.safety --half $(or $(HALF),dev) --show

safety-table: setup ## Write the table of red flags in docs/safety.md anew
	@$(PYTHON) -m spinechat.evaluation.safety_table docs/safety.md

bench: train ## Time and weigh it beside Rasa's default pipeline, in one run
	@PYTHONWARNINGS=ignore $(PYTHON) -m benchmarks.turns

faq: setup ## Write the printable FAQ page (FILE=results/faq.html)
	@PYTHONWARNINGS=ignore $(PYTHON) -m spinechat faq $(FILE)

report: train ## Write results/report.html: how good the assistant is, with pictures (ARTICLE=path)
	@PYTHONWARNINGS=ignore $(PYTHON) -m spinechat.evaluation.page $(if $(ARTICLE),--article $(ARTICLE))

widget: ## Build the website widget from web/ (needs Node; the built script is committed)
	@scripts/web build

bench-widget: train ## Weigh and time the widget in Chromium
	@scripts/web browser
	@PYTHONWARNINGS=ignore $(PYTHON) -m benchmarks.widget

pictures: train ## Take the pictures of the widget in docs/widget/ anew
	@scripts/web browser
	@PYTHONWARNINGS=ignore $(PYTHON) -m benchmarks.widget_pictures docs/widget

benchmark-nlu: setup ## Score public intent data sets (DATA=folder; SETS=hint3 for some)
	@PYTHONWARNINGS=ignore $(PYTHON) -m benchmarks.nlu $(DATA) $(if $(SETS),--sets $(SETS))

faults: train ## Try faults on a running server (some 20 minutes; results go to docs/faults.md)
	@PYTHONWARNINGS=ignore $(PYTHON) -m trials.faults

soak: train ## Send hostile requests to a running server (COUNT=20000; results go to docs/soak.md)
	@scripts/setup tools
	@PYTHONWARNINGS=ignore $(PYTHON) -m trials.soak --count $(or $(COUNT),20000)

sbom: ## Write the bill of materials of the lock to results/sbom.json (CycloneDX)
	@scripts/setup tools
	@mkdir -p results
	@.venv-tools/bin/cyclonedx-py requirements requirements/app.lock --output-reproducible -o results/sbom.json

audit: ## Ask the advisory database about every locked package (needs the internet)
	@scripts/setup tools
	@.venv-tools/bin/pip-audit --strict --disable-pip --progress-spinner off -r requirements/app.lock

clean: ## Remove environments, models, caches and results (conversations in var/ stay)
	@rm -rf web/node_modules .venv .venv-tools .tools .cache .rasa models results *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

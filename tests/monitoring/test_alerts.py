"""Alert rules and dashboard ask for metrics that exist; each alert fires and has a runbook."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spinechat.project import project_root, read_yaml
from tests.conftest import Server

ROOT = project_root()
RULES = read_yaml("monitoring/alerts.yml")["groups"][0]["rules"]
ALERTS = {rule["alert"]: rule for rule in RULES}
BOARD = json.loads((ROOT / "monitoring" / "grafana.json").read_text())
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PLAYED = ("monitoring/alerts_test.yml", "monitoring/alerts_week_test.yml")
EXPRESSIONS = {
    **{name: rule["expr"] for name, rule in ALERTS.items()},
    **{
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in BOARD["panels"]
        for target in panel["targets"]
    },
}
_NAME = re.compile(r"\b(?:spinechat|process)_\w+")
_SELECTOR = re.compile(r"(\b(?:spinechat|process)_\w+)\{([^}]*)\}")


@pytest.fixture(scope="module")
def samples(server: Server) -> set[str]:
    return set(server.scrape().samples)


def check_metrics_exist(expression: str, samples: set[str]) -> None:
    names = {sample.split("{")[0] for sample in samples}
    asked = set(_NAME.findall(expression))
    assert asked <= names
    assert asked or "up{" in expression
    for name, selector in _SELECTOR.findall(expression):
        for label, _, wanted in re.findall(r'(\w+)(=~|=)"([^"]*)"', selector):
            if label == "job":
                continue  # Prometheus' own
            for value in wanted.split("|"):
                assert any(s.startswith(f"{name}{{") and f"{label}={value}" in s for s in samples)
    for labels in re.findall(r"by \(([^)]*)\)", expression):
        for label in labels.split(", "):
            assert any(f"{label}=" in s for s in samples if s.split("{")[0] in asked), label


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_asked_for_exists(name: str, samples: set[str]) -> None:
    check_metrics_exist(EXPRESSIONS[name], samples)


@pytest.mark.parametrize(
    "wrong",
    [
        "spinechat_turns",
        'spinechat_refused_total{reason="to_fast"}',
        "sum by (kind) (spinechat_turns_total)",
        "1",
    ],
)
def test_teeth_a_wrong_expression_is_seen(wrong: str, samples: set[str]) -> None:
    with pytest.raises(AssertionError):
        check_metrics_exist(wrong, samples)


def test_promtool_takes_the_rules_and_plays_them(promtool: Path) -> None:
    for command in (["check", "rules", "monitoring/alerts.yml"], ["test", "rules", *PLAYED]):
        done = subprocess.run(
            [promtool, *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_played_both_ways() -> None:
    fires, quiet = set(), set()
    for path in PLAYED:
        for test in read_yaml(path)["tests"]:
            for case in test["alert_rule_test"]:
                (fires if case["exp_alerts"] else quiet).add(case["alertname"])
    assert fires == quiet == set(ALERTS)


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    section = OPERATIONS[OPERATIONS.index("## Runbooks") :].split("\n## ")[0]
    books = re.findall(r"^### (\w+)\n\n(.+)", section, re.MULTILINE)
    assert [name for name, _ in books] == list(ALERTS)
    assert all(len(text) > 80 for _, text in books)


def test_runbooks_name_words_that_the_log_says() -> None:
    code = "".join(path.read_text() for path in (ROOT / "spinechat").rglob("*.py"))
    section = OPERATIONS[OPERATIONS.index("## Runbooks") :]
    said = re.findall(r"\"([a-z ]{10,})\"", section)
    assert len(said) >= 4 and [words for words in said if words not in code] == []


def test_each_says_how_urgent_it_is_and_what_happened() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_every_metric_of_ours_is_in_the_table_and_no_other(samples: set[str]) -> None:
    section = OPERATIONS[OPERATIONS.index("### Metrics") : OPERATIONS.index("### The log")]
    table = "".join(line for line in section.splitlines() if line.startswith("|"))
    ends = r"_(?:bucket|count|sum)$"
    ours = {re.sub(ends, "", s.split("{")[0]) for s in samples if s.startswith("spinechat_")}
    assert set(re.findall(r"`(spinechat_\w+)`", table)) == ours


def panels() -> list[dict[str, Any]]:
    return list(BOARD["panels"])


def test_the_dashboard_can_be_imported() -> None:
    assert BOARD["title"] and BOARD["uid"] and BOARD["schemaVersion"]
    assert len({panel["id"] for panel in panels()}) == len(panels())
    assert all(panel["datasource"]["uid"] == "${source}" for panel in panels())
    assert BOARD["templating"]["list"][0]["name"] == "source"


def test_no_two_panels_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells


def test_every_metric_of_ours_is_on_the_dashboard(samples: set[str]) -> None:
    text = json.dumps([panel["targets"] for panel in panels()])
    ends = r"_(?:bucket|count|sum)$"
    ours = {re.sub(ends, "", s.split("{")[0]) for s in samples if s.startswith("spinechat_")}
    assert [name for name in ours if name not in text] == []

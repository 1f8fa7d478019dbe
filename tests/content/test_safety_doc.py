"""docs/safety.md says what is so: its table, settings, patterns, scores and Spanish lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
import yaml

from spinechat.evaluation.messages import HALVES
from spinechat.evaluation.safety import ROWS, Played, figures
from spinechat.evaluation.safety_table import BEGIN, END, as_table, with_table
from spinechat.project import project_root, read_yaml
from spinechat.redflags import screen
from spinechat.redflags.lexicon import Lexicon
from spinechat.spanish import looks_spanish
from spinechat.topics import ALARMS

DOCUMENT = (project_root() / "docs" / "safety.md").read_text(encoding="utf-8")
RED_FLAGS = read_yaml("data/red_flags.yml")
NOT_REVIEWED = "not yet reviewed by a qualified translator"
# How often the frozen test half may be scored.
MOST_SCORES = 3
EXAMPLES = re.findall(
    r"\*\*Example \d: `(.+?)`\.\*\*(.+?)(?=\n\n\*\*|\n\n###)", DOCUMENT, re.DOTALL
)


def _section(title: str) -> str:
    """The text below a heading, up to the next one."""
    match = re.search(
        rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL
    )
    assert match is not None, f"there is no heading {title!r}"
    return match[1]


def _rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table, head first, without the line below it."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


def test_the_table_is_the_one_that_the_list_gives() -> None:
    fresh = with_table(DOCUMENT, as_table(RED_FLAGS))
    assert fresh == DOCUMENT, "run 'make safety-table'"


def test_the_table_has_each_concept_with_examples_in_plain_words() -> None:
    rows = _rows(as_table(RED_FLAGS))[1:]
    assert [row[0].strip("`") for row in rows] == list(RED_FLAGS["concepts"])
    for name, means, _, source, patterns, examples in rows:
        entry = RED_FLAGS["concepts"][name.strip("`")]
        assert (means, source) == (entry["means"], entry["source"])
        assert re.fullmatch(r"\d+ and \d+ harmless", patterns)
        # Nothing of the patterns' own language is left.
        assert len(examples.split("; ")) >= 2 and not re.search(r"[(){}*~_?]", examples)


@pytest.mark.parametrize("text", ["", BEGIN, f"{END} {BEGIN}", f"{BEGIN} {END} {BEGIN}"])
def test_a_document_without_a_place_for_the_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        with_table(text, "| a |")


def test_the_table_takes_the_place_of_the_one_before() -> None:
    once = with_table(f"a\n{BEGIN}\n{END}\nb\n", "| new |")
    assert once == f"a\n{BEGIN}\n| new |\n{END}\nb\n"
    assert with_table(once, "| newer |") == once.replace("new", "newer")


def test_the_bars_are_those_of_the_configuration() -> None:
    name = "spinechat.nlu.red_flag_guard.RedFlagGuard"
    guard = next(part for part in read_yaml("config.yml")["pipeline"] if part["name"] == name)
    described = set(re.findall(r"^\| `(\w+)`", _section("The bars"), re.MULTILINE))
    described |= set(re.findall(r"^\| `\w+`, `(\w+)`", _section("The bars"), re.MULTILINE))
    assert described == set(guard) - {"name"}
    # A crisis is believed sooner, and either before it is the likelier reading.
    assert set(guard["bars"]) == set(ALARMS)
    assert guard["bars"]["crisis"] <= guard["bars"]["emergency"] < 0


def test_the_reasons_for_silence_are_those_of_the_list_and_their_examples_fit() -> None:
    rows = _rows(_section("What silences a red flag"))[1:]
    assert {row[0].strip("`") for row in rows} == {*RED_FLAGS["context"], "harmless"}
    for reason, example, gives_way in rows:
        text = example.strip('"')
        assert [f.silenced for f in screen(text).findings] == [reason.strip("`")], text
        assert (screen(f"{text} today").action is not None) is (gives_way == "yes"), text


def test_what_never_silences_does_not() -> None:
    examples = re.findall(r': "(.+?)"\.$', _section("What never silences one"), re.MULTILINE)
    assert examples
    for text in examples:
        assert screen(text).action == "emergency", text


def test_the_keys_of_the_list_are_described() -> None:
    named = set(re.findall(r"`(\w+)`", _section("Which lines to edit")))
    concepts = RED_FLAGS["concepts"].values()
    keys = {key for entry in concepts for key in entry} | set(RED_FLAGS) - {"concepts"}
    pairs = {key for entry in concepts for pair in entry.get("together") or [] for key in pair}
    assert keys | pairs <= named


def test_there_are_three_worked_examples_out_of_the_list() -> None:
    patterns = [pattern for entry in RED_FLAGS["concepts"].values() for pattern in entry["said"]]
    assert len(EXAMPLES) == 3 and all(pattern in patterns for pattern, _ in EXAMPLES)


def test_each_worked_example_is_heard_where_the_document_says() -> None:
    blank: dict[str, Any] = {"means": "", "action": "emergency", "source": "", "harmless": []}
    tried = {pattern: {**blank, "said": [pattern]} for pattern, _ in EXAMPLES}
    lexicon = Lexicon({**RED_FLAGS, "concepts": tried})
    for pattern, explained in EXAMPLES:
        lines = re.findall(r'^- (not heard|heard): "(.+)"$', explained, re.MULTILINE)
        assert {said for said, _ in lines} == {"heard", "not heard"}
        for said, text in lines:
            found = pattern in lexicon.matches(lexicon.read(text))
            assert found is (said == "heard"), f"{pattern}: {text}"


def test_every_module_named_in_a_command_exists() -> None:
    modules = re.findall(r"python -m ([\w.]+)|from ([\w.]+) import", DOCUMENT)
    assert modules and all(find_spec(first or second) for first, second in modules)


def test_the_scores_have_the_columns_of_the_figures() -> None:
    section = _section("5. Scores")
    scores = section[: section.index(ROWS)]
    head, *rows = _rows(scores)
    assert head == ["date", "commit", "half", *figures(Played([], [], []))]
    # A row goes above the marker, which stands right below the table.
    assert scores.endswith("|\n") and DOCUMENT.count(ROWS) == 1
    for row in rows:
        assert len(row) == len(head) and row[2] in HALVES
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[0])


def test_each_test_half_was_scored_at_most_three_times() -> None:
    section = _section("5. Scores")
    rows = _rows(section[: section.index(ROWS)])[1:]
    # The counts of the emergencies tell the halves apart.
    halves = Counter(row[3].split("/")[-1] for row in rows if row[2] == "test")
    assert len(halves) == 2
    assert max(halves.values()) <= MOST_SCORES


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a part of domain.yml, with the key that it stands under."""
    if isinstance(value, str):
        yield key, value
    for inner, part in value.items() if isinstance(value, dict) else ():
        yield from _strings(part, inner)
    for part in value if isinstance(value, list) else ():
        yield from _strings(part, key)


def test_each_spanish_line_stands_in_the_document_as_not_reviewed() -> None:
    section = _section("7. The Spanish lines")
    listed = {row[1]: row[2] for row in _rows(section)[1:]}
    spanish = {
        " ".join(text.split())
        for key, text in _strings(read_yaml("domain.yml")["responses"])
        if key == "es" or key.startswith("es_") or looks_spanish(text)
    }
    assert set(listed) == spanish
    assert set(listed.values()) == {NOT_REVIEWED}


def test_every_source_in_the_list_has_its_link() -> None:
    sources = yaml.safe_dump([entry["source"] for entry in RED_FLAGS["concepts"].values()])
    links = _section("8. Sources")
    assert [
        s for s in set(re.findall(r"[\w.]+\.(?:org|gov|uk)\b", sources)) if f"{s}/" not in links
    ] == []


def test_every_link_within_the_document_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", DOCUMENT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCUMENT)) <= anchors

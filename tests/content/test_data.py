"""The project's data files fit together: intents, phrases, replies, facts, buttons, messages."""

from __future__ import annotations

import re

import pytest

from spinechat.clinic import clinic
from spinechat.evaluation import messages
from spinechat.project import project_root, read_yaml
from spinechat.replies.book import PARTS
from spinechat.topics import topic_book

# The labels that were required, by kind.
LABELS = {
    "faq": "what_is_miss how_it_works miss_vs_open procedures conditions_treated benefits scarring "
    "risks hospital_stay recovery_time physical_therapy postoperative_pain opioid_use candidacy "
    "not_suitable conservative_first imaging_guidance future back_pain_causes",
    "handoff": "book_appointment phone_number clinic_question",
    "safety": "emergency crisis post_op_problem medical_advice",
    "talk": "greet goodbye thanks bot_challenge help affirm deny out_of_scope",
}
TOPICS = [label for kind in LABELS.values() for label in kind.split()]
FAQ = LABELS["faq"].split()
DOMAIN = read_yaml("domain.yml")
FACTS = read_yaml("data/facts.yml")
INTENTS = [next(iter(i)) if isinstance(i, dict) else i for i in DOMAIN["intents"]]
# Least training phrases; those not named here: 100 for a topic, 35 for talk and dialogue.
LEAST = {
    "clinic_question": 230, "out_of_scope": 230, "emergency": 230,
    "medical_advice": 140, "crisis": 110, "post_op_problem": 110,
}  # fmt: skip


def _phrases() -> dict[str, list[str]]:
    found = {}
    for entry in read_yaml("data/nlu.yml")["nlu"]:
        if "intent" in entry:
            lines = entry["examples"].splitlines()
            found[entry["intent"]] = [line.removeprefix("- ") for line in lines if line.strip()]
    return found


def _parts(topic: str) -> dict[str, list[str]]:
    """The facts of each part of a topic's answer."""
    metadata = DOMAIN["responses"][f"utter_{topic}"][0]["metadata"]
    others = {part: metadata[part]["facts"] for part in PARTS if part in metadata}
    return {"first": metadata["facts"], **others}


@pytest.mark.parametrize("intent", INTENTS)
def test_each_intent_has_phrases_a_response_and_a_rule(intent):
    rules = [
        [step.get("intent") or step.get("action") for step in rule["steps"]]
        for rule in read_yaml("data/rules.yml")["rules"]
    ]
    assert f"utter_{intent}" in DOMAIN["responses"]
    assert [rule for rule in rules if rule[:2] == [intent, f"utter_{intent}"]]
    phrases = _phrases()[intent]
    least = 100 if intent in f"{LABELS['faq']} {LABELS['handoff']}".split() else 35
    assert len(phrases) >= LEAST.get(intent, least)
    assert len(phrases) == len(set(phrases))


def test_nothing_has_phrases_or_a_rule_without_being_an_intent():
    assert set(_phrases()) == set(INTENTS)
    rules = read_yaml("data/rules.yml")["rules"]
    used = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert used <= {*INTENTS, "nlu_fallback"}


def test_the_topics_are_those_required_in_their_kinds():
    ours = {kind: [topic.label for topic in topic_book().of_kind(kind)] for kind in LABELS}
    assert {kind: sorted(labels) for kind, labels in ours.items() if kind != "talk"} == {
        kind: sorted(labels.split()) for kind, labels in LABELS.items() if kind != "talk"
    }
    assert set(LABELS["talk"].split()) <= set(ours["talk"])
    assert set(TOPICS) <= set(INTENTS)


@pytest.mark.parametrize("half", messages.HALVES)
def test_each_topic_has_test_messages_in_each_half(half):
    assert set(TOPICS) <= {message.label for message in messages.singles(half)}


@pytest.mark.parametrize("topic", FAQ)
def test_each_answer_names_facts_that_exist(topic):
    for part, names in _parts(topic).items():
        assert names and set(names) <= set(FACTS["facts"]), part


def test_each_fact_and_each_section_is_used():
    used = {name for topic in FAQ for names in _parts(topic).values() for name in names}
    assert set(FACTS["facts"]) - used == set()
    assert {fact["section"] for fact in FACTS["facts"].values()} == set(FACTS["sections"])


def _buttons() -> list[tuple[str, dict[str, str]]]:
    replies = [(name, entry) for name, entries in DOMAIN["responses"].items() for entry in entries]
    return [(name, button) for name, entry in replies for button in entry.get("buttons") or []]


@pytest.mark.parametrize(("name", "button"), _buttons())
def test_each_button_fits_and_leads_somewhere(name, button):
    assert 0 < len(button["title"]) <= 20
    assert set(button) in ({"title", "payload"}, {"title", "url"})
    if "payload" in button:
        assert button["payload"].removeprefix("/") in INTENTS
        assert button["payload"] != f"/{name.removeprefix('utter_')}"
    else:
        assert button["url"] in ("tel:{clinic_phone}", "tel:911", "tel:988")


@pytest.mark.parametrize("label", topic_book().topics)
def test_each_topic_title_fits_a_button(label):
    assert 0 < len(topic_book().topics[label].title) <= 20


def test_how_long_leads_from_topics_to_topics():
    lengths = read_yaml("data/followups.yml")["ask_how_long"]
    assert set(lengths) <= set(TOPICS) and set(lengths.values()) <= set(FAQ)


def test_the_slot_knows_each_topic_with_a_follow_up():
    mapped = {m["intent"] for m in DOMAIN["slots"]["topic"]["mappings"]}
    wanted = {label for kind in ("faq", "handoff", "safety") for label in LABELS[kind].split()}
    assert wanted <= mapped


def test_the_clinics_number_stands_in_one_place_only():
    digits = re.sub(r"\D", "", clinic().phone)
    root = project_root()
    files = [root / "domain.yml", *(root / "data").glob("*.yml")]
    for folder in ("spinechat", "actions"):
        found = (root / folder).rglob("*")
        files += [path for path in found if path.suffix in (".py", ".yml", ".html", ".js", ".css")]
    texts = {path: re.sub(r"[ ().+-]", "", path.read_text(encoding="utf-8")) for path in files}
    assert [str(path) for path, text in texts.items() if digits[-10:] in text] == []


@pytest.mark.parametrize("name", DOMAIN["responses"])
def test_each_response_uses_only_known_blanks(name):
    known = {"clinic_phone", "clinic_name", "term", "section"}
    assert set(re.findall(r"{(\w+)}", str(DOMAIN["responses"][name]).replace("{'", ""))) <= known

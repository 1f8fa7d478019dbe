"""No answer states what its facts do not state; planted false answers are caught."""

# ruff: noqa: E501 (the table of false answers is read line by line)

from __future__ import annotations

import pytest

from spinechat.evaluation.grounding import (
    facts,
    faults,
    named,
    promises,
    quantities,
)
from spinechat.topics import topic_book

FAQ = [topic.label for topic in topic_book().of_kind("faq")]


@pytest.mark.parametrize("topic", FAQ)
def test_each_answer_states_only_its_facts(topic, said):
    mine = [each for each in said if each.name == topic or each.name.startswith(f"{topic}/")]
    assert mine and all(each.facts for each in mine)
    found = {each.name: faults(each.text, each.facts) for each in mine}
    assert not any(found.values()), found


def test_each_composed_reply_states_only_its_facts(said):
    composed = [each for each in said if each.kind == "composed"]
    found = {}
    for each in composed:
        bad = faults(each.stated, each.facts)
        if bad:
            found[each.name] = bad
    assert len(composed) > 500 and not found, found


def test_no_text_promises(said):
    found = {each.name: bad for each in said if (bad := promises(each.text))}
    assert not found, found


STAY = "In most cases people go home the same day or within 24 to 48 hours. It depends on how complex the procedure is."
# What is wrong, where it starts, how the fault is called, the false answer and the facts it names.
PLANTED = {
    "wrong number": ("number", STAY.replace("48", "72"), ["stay_miss"]),
    "half of a range": ("number", STAY.replace("24 to 48", "24"), ["stay_miss"]),
    "other unit": ("number", STAY.replace("hours", "days"), ["stay_miss"]),
    "bound dropped": ("number", "After traditional surgery the stay can last a week.", ["stay_open"]),
    "number in words": ("number", STAY.replace("the same day", "two nights later"), ["stay_miss"]),
    "invented weeks": ("number", "People can get back to work and exercise much sooner, in six weeks.", ["return_sooner"]),
    "bare weeks": ("number", "People can get back to work and exercise in weeks.", ["return_sooner"]),
    "percentage": ("number", "MISS leads to 40% fewer complications during and after the procedure.", ["fewer_complications"]),
    "price": ("number", "The cuts are only a few centimeters long. It is $9,000.", ["cut_length"]),
    "price in words": ("name", "The cuts are only a few centimeters long and the price is low.", ["cut_length"]),
    "swapped condition": ("name", "MISS is commonly used for herniated discs, spinal stenosis, kyphosis and degenerative disc disease.", ["conditions_named"]),
    "added condition": ("name", "MISS is commonly used for herniated discs, sciatica, scoliosis and degenerative disc disease.", ["conditions_named"]),
    "swapped procedure": ("name", "Discectomies, disc replacement and laminectomies can be done this way.", ["procedures_named"]),
    "invented tool": ("name", "Live imaging often guides the surgery, such as a laser or a surgical microscope.", ["imaging_tools", "imaging_exact"]),
    "invented scan": ("name", "Live imaging often guides the surgery, such as MRI or a surgical microscope.", ["imaging_tools"]),
    "robot of today": ("name", "Live imaging often guides the robot, such as fluoroscopy or a surgical microscope.", ["imaging_tools"]),
    "invented mishap": ("name", "Open surgery often has a greater risk of infection, blood loss, blood clots and tissue damage. ", ["open_risks"]),
    "hedge dropped: most": ("hedge", STAY.replace("In most cases people", "People"), ["stay_miss"]),
    "hedge dropped: often": ("hedge", "Physical therapy is needed to get back strength and mobility.", ["therapy_often"]),
    "hedge dropped: may": ("hedge", "People with complex or multi-level spine problems still need traditional surgery for the best result.", ["complex_cases"]),
    "hedge dropped: many": ("hedge", "Patients find they need less pain medication.", ["less_medication"]),
    "hedge elsewhere": ("hedge", "These tools make spine surgery safer, faster and more precise. Robots, better imaging tools and artificial intelligence may soon play a role.", ["future_tools", "future_effect"]),
    "negation added": ("denies", "MISS is not commonly used for herniated discs, spinal stenosis, scoliosis and degenerative disc disease.", ["conditions_named"]),
    "negation added: n't": ("denies", "The cuts aren't a few centimeters long.", ["cut_length"]),
    "negation added: rarely": ("denies", "Physical therapy is rarely, not often, needed to get back strength and mobility.", ["therapy_often"]),
    "negation added: without": ("denies", "Tiny instruments go in without retractors.", ["tiny_tools"]),
    "negation dropped": ("states", "MISS is suitable for everyone. It depends.", ["not_for_all"]),
    "negation dropped: relief": ("states", "If physical therapy, medications and injections have brought relief, it may be time to explore MISS.", ["after_other_treatments"]),
    "direction: pain": ("direction", "Less damage to muscle and tissue means more pain after surgery.", ["less_pain"]),
    "direction: stay": ("direction", "The benefits are smaller scars, less pain after surgery, longer hospital stays and a faster return to daily life.", ["benefits_list"]),
    "direction: risk": ("direction", "Surgeons can target the problem more exactly, which raises the risk of harm to healthy tissue, and lowers none.", ["healthy_tissue"]),
    "sides swapped": ("says of", "MISS often has a greater risk of infection, blood loss and tissue damage.", ["open_risks"]),
    "sides swapped back": ("says of", "Open surgery leads to fewer complications during and after the procedure.", ["fewer_complications"]),
    "sides swapped: complex": ("says of", "People with complex or multi-level problems may still need MISS for the best result.", ["complex_cases"]),
    "promise: cure": ("promise", "MISS will cure back pain.", ["less_pain"]),
    "promise: always": ("promise", "MISS always leads to fewer complications during and after the procedure.", ["fewer_complications"]),
    "promise: no risk": ("promise", "There are fewer complications and no risk.", ["fewer_complications"]),
    "promise: free of pain": ("promise", "Less damage means that you will be pain free.", ["less_pain"]),
    "promise: painless": ("promise", "It is painless, with less damage to muscle.", ["less_pain"]),
    "promise: completely": ("promise", "People can go back to work completely and sooner.", ["return_sooner"]),
    "promise: result": ("promise", "People will go back to work and can exercise much sooner.", ["return_sooner"]),
    "promise: guarantee": ("promise", "Surgeons guarantee smaller scars and less pain.", ["benefits_list"]),
    "promise: 100 %": ("promise", "MISS is 100% right for people who may face a long recovery.", ["miss_appeal"]),
    "invented statement": ("not in the facts", "The cuts are only a few centimeters long. The hair grows quickly over the mark.", ["cut_length"]),
    "invented advice": ("not in the facts", "The cuts are only a few centimeters long. Lie flat and drink plenty of water.", ["cut_length"]),
    "wrong fact named": ("not in the facts", "Tubular retractors act as small tunnels to the spine.", ["cut_length"]),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_falsehood_is_caught(case):
    fault, text, names = PLANTED[case]
    assert any(fault in each for each in faults(text, names)), faults(text, names)


@pytest.mark.parametrize("name", facts())
def test_each_fact_is_grounded_on_itself(name):
    assert faults(facts()[name].text, [name]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("home the same day or within 24 to 48 hours", {"same day", "within 24-48 hour"}),
        ("within 24–48 hours", {"within 24-48 hour"}),
        ("up to a week or longer", {"up to a week or longer"}),
        ("only a few centimeters long", {"a few centimeter"}),
        ("about $9,000 a year", {"$9,000", "a year"}),
        ("half of them", {"half"}),
        ("one of them may be right", set()),
    ],
)
def test_quantities(text, found):
    assert quantities(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a slipped disc", {"herniated discs"}),
        ("an MRI scan", {"other imaging", "imaging"}),
        ("x-ray", {"fluoroscopy"}),
        ("the spine", set()),
    ],
)
def test_names(text, found):
    assert named(text) == found

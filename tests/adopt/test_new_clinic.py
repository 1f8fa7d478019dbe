"""Another clinic's project: nothing of this clinic is left, and the assistant works."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from spinechat.__main__ import main
from spinechat.adopt import BadContent, Content, new_clinic
from spinechat.clinic import clinic
from spinechat.project import read_yaml
from tests.adopt.conftest import CONTENT, run_there
from tests.conftest import Server

PHONE = "1-555-010-4477"
# Words of the spine clinic's subject, chosen apart from the code's own list (clinic.yml).
SUBJECT = re.compile(
    r"\bMISS\b|(?i:\b(?:spin(?:e|es|al)|columna|dis[ck]s?|lumbar|vertebra\w*|dis[ck]ectom\w*"
    r"|laminectom\w*|stenosis|scoliosis|sciatica|retractors?|invasive|orthop\w+)\b)"
)
# What patients and staff of the new clinic read, or what decides what they read.
SAID = (
    "clinic.yml", "domain.yml", "faq.yml", "README.md", "pyproject.toml",
    "data/facts.yml", "data/topics.yml", "data/rules.yml", "data/stories.yml", "data/terms.yml",
    "data/followups.yml", "data/commands.yml", "tests/messages/dev/singles.jsonl",
    "web/src/texts.ts", "spinechat/channels/assets/widget.js", "spinechat/channels/texts.yml",
    "spinechat/channels/openapi.yml", "spinechat/channels/pages/clinic.html", "docs/embed.md",
)  # fmt: skip
# Named in README as what stays: it knows the emergencies of spine patients.
README_NAMES = {"spine"}


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if not name.startswith(("models/", ".rasa/")) and path.suffix not in (".gz", ".pyc"):
            yield name, path.read_text(encoding="utf-8")


def test_name_number_and_facts_of_this_clinic_are_nowhere(project: Path) -> None:
    digits = re.sub(r"\D", "", clinic().phone)[-10:]
    facts = [fact["text"] for fact in read_yaml("data/facts.yml")["facts"].values()]
    for name, text in _texts(project):
        assert clinic().name not in text, name
        assert digits not in re.sub(r"[ ().+-]", "", text), name
        assert not [fact for fact in facts if fact in text], name


@pytest.mark.parametrize("name", SAID)
def test_no_text_shows_this_clinics_subject(project: Path, name: str) -> None:
    text = (project / name).read_text(encoding="utf-8")
    found = {match.lower() for match in SUBJECT.findall(text)}
    assert found <= (README_NAMES if name == "README.md" else set())


def test_only_alarms_are_heard_in_the_words_of_this_clinics_patients(project: Path) -> None:
    nlu = yaml.load((project / "data" / "nlu.yml").read_text(), Loader=yaml.CSafeLoader)["nlu"]
    spine = {e["intent"] for e in nlu if SUBJECT.search(e["examples"])}
    assert spine <= {"emergency", "crisis"}
    (other,) = (e["examples"] for e in nlu if e["intent"] == "out_of_scope")
    assert not re.search(r"(?i)\b(?:tooth|teeth|dentist|implants?)\b", other)


def test_its_makefile_names_only_what_is_there(project: Path) -> None:
    text = (project / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    assert {"setup", "run", "train", "eval", "faq"} <= set(targets)
    assert not {"test", "lint", "bench", "safety", "pictures"} & set(targets)
    assert set(re.search(r"\.PHONY: (.*)", text)[1].split()) == set(targets)  # type: ignore[index]
    assert "spinechat.evaluation --half dev --without-default\n" in text
    for name in re.findall(r"-m (spinechat[\w.]*)", text):
        path = project / name.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), name
    for name in re.findall(r"(scripts/\w+)", text):
        assert (project / name).is_file(), name


def test_no_score_of_this_clinics_model_stands_in_its_safety_document(project: Path) -> None:
    text = (project / "docs" / "safety.md").read_text(encoding="utf-8")
    assert "<!-- scores -->" in text and not re.search(r"\| (?:test|dev) \| [\d.]+%", text)


def test_the_widget_speaks_of_its_subject_and_is_whole(project: Path) -> None:
    assets = project / "spinechat" / "channels" / "assets"
    script = (assets / "widget.js").read_bytes()
    text = script.decode()
    assert 'title:"Questions about dental implants"' in text
    assert '["The visit","How is an implant put in?"]' in text
    assert text.count('"menu"]') == 2  # "All topics" in English and Spanish
    assert gzip.decompress((assets / "widget.js.gz").read_bytes()) == script
    manifest = json.loads((assets / "manifest.json").read_text())
    digest = base64.b64encode(hashlib.sha384(script).digest()).decode()
    assert manifest["integrity"] == f"sha384-{digest}"
    if shutil.which("node") is not None:
        subprocess.run(["node", "--check", str(assets / "widget.js")], check=True)


# Run by the new project's own code: its answers' faults one a line, then its FAQ page.
CHECK = """
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator
from spinechat.evaluation import grounding, readability
from spinechat.faq import page
from spinechat.project import read_yaml
from spinechat.replies.book import PARTS, ReplyBook
importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
valid = Validator.from_importer(importer)
if not (
    valid.verify_domain_validity()
    and valid.verify_nlu(ignore_warnings=False)
    and valid.verify_story_structure(ignore_warnings=False)
):
    print("Rasa's validation failed")
book = ReplyBook(read_yaml("domain.yml")["responses"])
topics = read_yaml("data/topics.yml")["faq"]
parts = [book.part(name, part) for name in topics for part in PARTS]
for reply in [*map(book.first, topics), *filter(None, parts)]:
    print(*grounding.faults(reply.text, reply.facts), sep="\\n", end="")
for name in [*topics, "help", "phone_number", "clinic_question", "visit_summary", "greet"]:
    faults = readability.reading_faults(book.first(name).text, readability.MAX_FIRST)
    print(*(f"{name}: {fault}" for fault in faults), sep="\\n", end="")
print(page())
"""


def test_its_data_is_valid_its_answers_are_sound_and_its_faq_page_has_them(trained: Path) -> None:
    checked = run_there(trained.parent.parent, "-c", CHECK)
    faults, doctype, page = checked.partition("<!doctype html>")
    assert (faults, doctype) == ("", "<!doctype html>")
    assert f'href="tel:{PHONE}"' in page and "about three to six months" in page
    assert not SUBJECT.search(page)


# What is asked of its server, the outcome, and words of the reply.
TURNS = [
    ("How many months does the healing take?", "answered", "three to six months"),
    ("What happens when the implant is placed?", "answered", "local anesthesia"),
    ("I'd like to book an appointment", "clinic", PHONE),
    ("what is your phone number", "clinic", "Maple Street Dental"),
    ("I can't breathe and my chest hurts", "safety", "Call 911"),
    ("i want to kill myself", "safety", "988"),
    ("asdf qwer", "unsure", ""),
]


@pytest.mark.parametrize(("text", "outcome", "words"), TURNS)
def test_it_answers_with_its_own_words_and_number(server: Server, text, outcome, words) -> None:
    answer = server.say(server.session(), text)
    said = " ".join(reply["text"] for reply in answer["replies"])
    assert (answer["outcome"], words in said) == (outcome, True), said


def test_it_tells_where_an_answer_comes_from_and_offers_its_topics(server: Server) -> None:
    session = server.session()
    server.say(session, "how long does an implant last")
    source = server.say(session, "where does that come from?")["replies"][0]["text"]
    assert "dental implants" in source and '"Care"' in source
    menu = server.say(session, "menu")["replies"][0]["buttons"]
    titles = {topic["title"] for topic in yaml.safe_load(CONTENT.read_text())["topics"].values()}
    assert titles <= {button["title"] for button in menu}


def test_its_pages_show_its_name(server: Server) -> None:
    told = server.request("GET", "/chat/clinic")[1]
    assert (told["name"], told["phone"]) == ("Maple Street Dental", PHONE)
    page = server.request("GET", "/")[1]
    assert "Maple Street Dental" in page and "Dental implants" in page
    assert not SUBJECT.search(page)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("phone: 1-555-010-4477", "phone: call us", "clinic > phone"),
        ("facts: [post, crown]\n    why", "facts: [pots]\n    why", "no fact 'pots'"),
        (
            "next: [the_visit, healing_time",
            "next: [the_visti, healing_time",
            "no topic 'the_visti'",
        ),
        ("  implant_care:\n", "  greet:\n", "taken"),
        ("section: care, text: With", "section: cares, text: With", "no section 'cares'"),
        ("title: The visit", "title: The visit that you have with us", "too long"),
        ("clinic:\n", "clinic: [\n", "cannot be read"),
    ],
)
def test_content_that_cannot_be_used_is_told_with_its_place(tmp_path, old, new, told) -> None:
    text = CONTENT.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "content.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadContent, match=re.escape(told)):
        Content.read(path)


def test_an_answer_that_shows_this_clinic_is_refused(tmp_path: Path) -> None:
    text = CONTENT.read_text(encoding="utf-8")
    path = tmp_path / "content.yml"
    path.write_text(text.replace("later a crown that", "spinal", 1), encoding="utf-8")
    with pytest.raises(BadContent, match="spinal"):
        new_clinic(tmp_path / "new", Content.read(path))
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["new-clinic", str(tmp_path), "--content", str(CONTENT)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

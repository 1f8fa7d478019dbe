"""The facts against the article itself, which is not part of this repository.

ARTICLE=/path/to/article.txt python -m pytest tests/content/test_article.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from spinechat.evaluation.grounding import facts, named, quantities
from spinechat.evaluation.page.coverage import article_sections, straight
from spinechat.project import project_root, read_yaml

ARTICLE = os.environ.get("ARTICLE", "")
pytestmark = pytest.mark.skipif(not ARTICLE, reason="ARTICLE does not name the article's file")
RUN = 8  # words of the article that may not stand in a row in our texts


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", straight(text).lower())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


@pytest.fixture(scope="module")
def article() -> str:
    return straight(Path(ARTICLE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sections(article) -> dict[str, str]:
    """Each section's text by its name in facts.yml."""
    return article_sections(article)


def test_no_text_copies_a_run_of_words_of_the_article(article, said):
    copied = _runs(article)
    # "From which part?" is answered with a section's title, as it is.
    titles = sorted(read_yaml("data/facts.yml")["sections"].values(), key=len, reverse=True)
    quoted = re.compile("|".join(re.escape(f'"{title}"') for title in titles))
    ours = {each.name: quoted.sub("", each.text) for each in said}
    ours |= {name: fact.text for name, fact in facts().items()}
    pages = [*project_root().glob("*.md"), *(project_root() / "docs").rglob("*.md")]
    ours |= {str(path): path.read_text(encoding="utf-8") for path in pages}
    found = {name: [" ".join(run) for run in _runs(text) & copied] for name, text in ours.items()}
    assert {name: runs for name, runs in found.items() if runs} == {}


def test_each_section_stands_in_the_article(sections):
    listed = set(read_yaml("data/facts.yml")["sections"])
    assert listed <= set(sections) and all(len(sections[name]) > 200 for name in listed)


@pytest.mark.parametrize("name", facts())
def test_numbers_and_names_of_a_fact_stand_in_its_section(name, sections):
    fact = facts()[name]
    text = sections[fact.section]
    assert quantities(fact.text) <= quantities(text)
    assert named(fact.text) <= named(text)


@pytest.mark.parametrize("name", [name for name, fact in facts().items() if fact.strength])
def test_the_hedge_of_a_fact_stands_in_the_fact(name):
    fact = facts()[name]
    assert any(re.search(rf"\b{word}\b", fact.text, re.IGNORECASE) for word in fact.strength)

"""Another clinic's project, made from this one: `spinechat new-clinic FOLDER --content FILE`.

content.py     what the clinic gives: one YAML file with its facts, answers and phrases
exchange.py    this clinic's words and the other's; what still shows this clinic
domain.py      domain.yml, rules and stories
data.py        the other data files, clinic.yml and faq.yml
phrases.py     training phrases
widget.py      the chat widget's few texts about the subject
files.py       the code, the files around it, and README

How a clinic goes about it: docs/adopt.md.
"""

from __future__ import annotations

from pathlib import Path

from spinechat.adopt.content import BadContent, Content
from spinechat.adopt.data import data_files
from spinechat.adopt.domain import domain_files
from spinechat.adopt.exchange import Exchange
from spinechat.adopt.files import copy_files, write_readme
from spinechat.adopt.phrases import phrase_files
from spinechat.adopt.widget import exchange_widget

__all__ = ["BadContent", "Content", "new_clinic"]


def new_clinic(folder: Path, content: Content) -> None:
    """Makes a whole project for another clinic.

    Args:
        folder: where; it must not exist or be empty.
        content: what the clinic gave.

    Raises:
        BadContent: the folder is not empty, or a text would still show this clinic.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadContent(f"{folder} is not empty. Please name a new folder.")
    exchange = Exchange.to(content)
    files = {
        **domain_files(content, exchange),
        **data_files(content, exchange),
        **phrase_files(content, exchange),
    }
    for name, text in files.items():
        exchange.check(name, text)
    copy_files(folder, exchange)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    exchange_widget(folder, content)
    write_readme(folder, content)

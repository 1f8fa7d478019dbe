"""The widget's texts about the subject, exchanged in its source and in the built script.

So another clinic needs no Node. With Node, `make widget` builds the script anew, with its brotli
copy.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from spinechat.adopt.content import BadContent, Content

TEXTS = "web/src/texts.ts"
ASSETS = "spinechat/channels/assets"
STARTERS = 3
_STRING = r'"((?:[^"\\]|\\.)*)"'


def _pairs(content: Content, source: str) -> list[tuple[str, str]]:
    """Each old piece of the source and what stands for it, English first, then Spanish."""
    words, topics = content.words, list(content.topics.values())[:STARTERS]
    english = [[topic["title"], topic["question"]] for topic in topics]
    spanish = [[topic.get("spanish", topic["title"]), topic["question"]] for topic in topics]
    new = {
        "title": [f"Questions about {words['short']}", f"Preguntas sobre {words['spanish']}"],
        "greeting": [
            f"Questions about {words['short']}? Ask me any time.",
            f"¿Preguntas sobre {words['spanish']}? Escríbame.",
        ],
    }
    found = []
    for name, values in new.items():
        old = re.findall(rf"\b{name}: {_STRING}", source)
        found += [(f'"{a}"', _quoted(b)) for a, b in zip(old, values, strict=True)]
    starters = re.findall(rf"\[{_STRING}, {_STRING}\]", source)
    last = [at for at, (_, sent) in enumerate(starters) if sent == "menu"]
    for begin, pairs in zip((0, last[0] + 1), (english, spanish), strict=True):
        for old, pair in zip(starters[begin : begin + STARTERS], pairs, strict=True):
            found.append((f'["{old[0]}", "{old[1]}"]', f"[{', '.join(map(_quoted, pair))}]"))
    return found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _replaced(text: str, old: str, new: str, name: str) -> str:
    # The two languages may share a text; each is exchanged in its turn.
    if old not in text:
        raise BadContent(f"{name} does not hold {old}: please build the widget anew (make widget).")
    return text.replace(old, new, 1)


def exchange_widget(folder: Path, content: Content) -> None:
    """Exchanges the texts in a new project's widget, and writes its copies and manifest."""
    path, assets = folder / TEXTS, folder / ASSETS
    source = path.read_text(encoding="utf-8")
    script = (assets / "widget.js").read_text(encoding="utf-8")
    for old, new in _pairs(content, source):
        source = _replaced(source, old, new, TEXTS)
        # The built script has no blank between the two of a list.
        script = _replaced(script, old.replace('", "', '","'), new.replace('", "', '","'), ASSETS)
    path.write_text(source, encoding="utf-8")
    built = script.encode()
    (assets / "widget.js").write_bytes(built)
    (assets / "widget.js.gz").write_bytes(gzip.compress(built, 9, mtime=0))
    # Python has no brotli; without that copy browsers get the gzip one.
    (assets / "widget.js.br").unlink(missing_ok=True)
    manifest = {
        "file": f"widget-{hashlib.sha256(built).hexdigest()[:12]}.js",
        "integrity": f"sha384-{base64.b64encode(hashlib.sha384(built).digest()).decode()}",
    }
    (assets / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")

"""Whether an answer states only what its facts (data/facts.yml) state.

`word_faults` looks at the whole answer:

    numbers    each quantity, with its unit and its "within", "up to" or "or longer"
    names      each condition, procedure, tool, drug, mishap or price
    promises   "always", "cure", "painless", "you will recover", ...

`sentence_faults` compares each sentence with the fact that it shares most words with:

    support    most of its words come from its facts
    hedge      the fact's "may", "often" or "most" is still there
    polarity   nothing is denied that the fact states, or stated that it denies
    direction  "less" has not become "more"
    sides      what is said of open surgery is not said of MISS

It reads words, not meaning: a person still has to read a changed answer against the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from spinechat.clinic import clinic
from spinechat.project import read_yaml
from spinechat.terms import terms
from spinechat.topics import topic_book

# At least so much of a sentence's content words must come from its facts.
MIN_SUPPORT = 0.6
WORDS_FILE = "data/medical_words.yml"

# --- numbers
_NUMBER = (
    r"(?:\$ ?)?\d[\d,.]*(?<![.,])|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?"
    r"|half|twice|double|dozens?|couple|several|third|quarter)\b"
)
_UNIT = (
    r"(?:%|percent|(?:minute|hour|day|night|week|month|year|centimeter|millimeter|inch(?:e)?|mile"
    r"|pound|dollar|time|level|disc|dose|pill|session)s?\b)"
)
_ONE = r"\b(?:an?|one|a few|few|same|next|each|every|per|first)"
_QUANTITY = re.compile(
    rf"(?P<before>within|up to|at least|at most|more than|less than|under|over|only)?\s*"
    rf"(?:(?P<number>(?:{_NUMBER})(?:\s*(?:to|or|and|-|–)\s*(?:{_NUMBER}))?)(?:\s*(?P<unit>{_UNIT}))?"
    rf"|(?P<one>{_ONE})\s+(?P<measure>{_UNIT})|(?P<bare>\b(?:hours|days|nights|weeks|months|years)\b))"
    rf"(?P<after>\s+or (?:longer|more|less|shorter|two))?",
    re.IGNORECASE,
)

# --- promises; "best" stands in the article only for what traditional surgery may give
_PROMISES = re.compile(
    r"\b(always|never|guarante\w*|promis\w*|cur(?:e|es|ed|ing)|risk.free|pain.free|scar.free|painless"
    r"|completely|totally|perfect\w*|definitely|certainly|surely|permanent\w*|forever|proven|ensures?"
    r"|(?:no|without|zero) (?:any )?(?:risks?|pain|scars?|complications?|bleeding)"
    r"|nothing to (?:worry|fear)|100 ?(?:percent|%(?=\W))|(?:is|are|be) (?:quite |very )?safe"
    r"|(?:you|it|they|people|patients|surgery|MISS|pain)(?: will|'ll| (?:is|are) going to| won't)"
    r"|best (?!result|outcome)\w+)(?!\w)",
    re.IGNORECASE,
)
NO_FREE_OF_RISK = "No surgery is free of risk."
# --- sentences about the assistant, the article and the clinic; they state nothing medical
_SPECIALIST = re.escape(read_yaml("clinic.yml")["words"]["specialist"])
_WHO = rf"(?:the clinic|(?:an?|the|only an?|your) (?:{_SPECIALIST}|specialist))"
_FRAMES = re.compile(
    r"our article gives no [^,;]+|our article has no answer for [^,;]+"
    r"|how [^,.]+, our article does not say|this is what (?:our article|it) says in general"
    rf"|(?:please )?(?:ask|call) {_WHO}?[^,;]*|for (?:any other problem|more), please [^,;]+"
    rf"|{_WHO} (?:can|has to) (?:look at you and |help you )?(?:tell|say|find out|decide)[^,;]*"
    rf"|(?:whether|which|how) [^,;]+ is a question for {_WHO}|i can't [^,;]+|you are not alone"
    r"|no surgery is free of risk|there is still some risk",
    re.IGNORECASE,
)

# --- words and stems
_STOP = frozenset(
    """
    a after afterwards all also an and any are article as at back be because been being but by
    can cannot could did do does even find for found from get gets go goes going had hardly
    has have how i if in is it its just kind less little make makes many may me mean means
    might miss more most much my name named names need needs never no not of off on one only
    or other our out patient patients people rarely since so some someone still such surgeries
    surgery take takes than that the their them then there these they thing this those to too
    up very was way we what when whether which who will with without would you your
    """.split()
)
_NEGATION = re.compile(
    r"(?i)\b(not|no|never|without|rarely|hardly|seldom|cannot|neither|nor|none|nothing)\b|n't\b"
)
_CLAUSE_END = re.compile(r"[,;:.]|\b(?:but|and|so|because|as|than|which|that)\b")
_UP = frozenset("more greater larger bigger higher longer faster sooner quicker raises".split())
_DOWN = frozenset("less fewer smaller lower lowers shorter slower later reduces".split())
_COMPARED = re.compile(
    r"(?i)\b(?:than|compared (?:with|to))(?: \w+){0,3} (?:open|traditional) surgery(?: does)?"
)


@dataclass(frozen=True)
class Statement:
    """One sentence, of an answer or of a fact."""

    text: str

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its content words."""
        return frozenset(_stems(_COMPARED.sub("", self.text)))

    @cached_property
    def denied(self) -> frozenset[str]:
        """The content words that stand under a negation."""
        found: set[str] = set()
        for cue in _NEGATION.finditer(self.text):
            found.update(_stems(_CLAUSE_END.split(self.text[cue.end() :])[0])[:4])
        for part in re.findall(r"([^,;.]*)\bvery little", self.text):
            found.update(_stems(part)[-1:])
        return frozenset(found)

    @cached_property
    def directions(self) -> frozenset[tuple[str, str]]:
        """("up", "pain") for "more pain"; where nothing follows, the word before counts."""
        found: set[tuple[str, str]] = set()
        for part in _CLAUSE_END.split(self.text.lower()):
            tokens = re.findall(r"[a-z'-]+", part)
            for at, token in enumerate(tokens):
                way = "up" if token in _UP else "down" if token in _DOWN else ""
                heads = _stems(" ".join(tokens[at + 1 :]))[:2] or _stems(" ".join(tokens[:at]))[-1:]
                found.update((way, head) for head in heads if way)
        return frozenset(found)

    @cached_property
    def sides(self) -> frozenset[str]:
        """Whether it speaks of MISS, of open surgery or of both; comparisons do not count."""
        own = _COMPARED.sub("", self.text)
        found = {"open"} if re.search(r"\b(open|traditional) surger", own, re.IGNORECASE) else set()
        return frozenset(found | ({"MISS"} if "MISS" in own else set()))


@dataclass(frozen=True)
class Fact(Statement):
    """One entry of data/facts.yml; `strength`: the words of which an answer keeps one."""

    name: str = ""
    section: str = ""
    strength: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """All facts by name."""
    return {
        name: Fact(entry["text"], name, entry["section"], tuple(entry.get("strength") or ()))
        for name, entry in read_yaml("data/facts.yml")["facts"].items()
    }


@lru_cache(maxsize=1)
def _same() -> dict[str, str]:
    listed = read_yaml(WORDS_FILE)["stands_for"]
    return {plain: word for word, plains in listed.items() for plain in plains}


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    word = _same().get(word, word)
    for ending in ("s", "ing", "ed", "er", "ly", "ion", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
    return _same().get(word, word)


def _stems(text: str) -> list[str]:
    tokens = [word for word in re.findall(r"[a-z][a-z'-]+", text.lower()) if word not in _STOP]
    return [re.sub("e$", "", _stem(token)) for token in tokens]


@lru_cache(maxsize=1)
def _headings() -> tuple[str, ...]:
    return tuple(f"{topic.title}: " for topic in topic_book().topics.values())


def sentences(text: str) -> list[str]:
    """The sentences of a reply, without the topics' titles that head answers ("Hospital stay:")."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text.strip()) if part]
    return [
        next((part[len(h) :] for h in _headings() if part.startswith(h)), part) for part in parts
    ]


def quantities(text: str) -> set[str]:
    """Each number or length of time with its unit and bounds: "within 24-48 hour"."""
    found: set[str] = set()
    for match in _QUANTITY.finditer(text.replace("–", "-")):
        part = {key: (value or "").strip().lower() for key, value in match.groupdict().items()}
        number = re.sub(r"\s*(?:\bto\b|-)\s*", "-", part["number"]) or part["one"]
        unit = (part["unit"] or part["measure"] or part["bare"]).removesuffix("s")
        bound = "" if part["before"] == "only" else part["before"]
        found.add(" ".join(filter(None, [bound, number, unit, part["after"]])))
    return found


@lru_cache(maxsize=1)
def _known_names() -> dict[str, re.Pattern[str]]:
    listed = {
        term.name: "|".join(map(re.escape, (term.name, *term.words))) for term in terms().values()
    }
    others = read_yaml(WORDS_FILE)["names"]
    return {
        name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        for name, words in {**listed, **others}.items()
    }


def named(text: str) -> set[str]:
    """The conditions, procedures, tools and so on that a text names."""
    return {name for name, pattern in _known_names().items() if pattern.search(text)}


def is_frame(sentence: str) -> bool:
    """Whether a sentence speaks of the assistant, the article or the clinic only."""
    return _FRAMES.fullmatch(sentence.strip().rstrip(".!?:")) is not None


def word_faults(text: str, names: Sequence[str]) -> list[str]:
    """Numbers, names and promises in an answer that the facts called `names` do not hold."""
    said = text.replace(clinic().phone, "").replace(clinic().name, "")
    said = re.sub(r"\b(?:911|988)\b", "", said)
    said = " ".join(
        part for part in sentences(said) if not part.startswith("Our article gives no ")
    )
    known = " ".join(facts()[name].text for name in names)
    faults = [
        f"number not in the facts: {each}" for each in sorted(quantities(said) - quantities(known))
    ]
    faults += [f"name not in the facts: {each}" for each in sorted(named(said) - named(known))]
    return faults + promises(said)


def promises(text: str) -> list[str]:
    """Wording that promises a result or leaves no room for another."""
    found = _PROMISES.finditer(text.replace(NO_FREE_OF_RISK, ""))
    return [f"promise: {each[0]}" for each in found]


def _sentence_faults(said: Statement, used: Sequence[Fact]) -> Iterator[str]:
    own = frozenset().union(*(fact.stems for fact in used))
    support = len(said.stems & own) / max(1, len(said.stems))
    if support < MIN_SUPPORT:
        yield f"not in the facts ({support:.0%}): {', '.join(sorted(said.stems - own))}"
    shared = {fact.name: len(said.stems & fact.stems) / max(1, len(fact.stems)) for fact in used}
    bar = 0.7 * max(shared.values())
    nearest = [fact for fact in used if shared[fact.name] and shared[fact.name] >= bar]
    for fact in nearest:
        both = said.stems & fact.stems
        others = frozenset().union(*(each.denied for each in nearest))
        if added := (said.denied & both) - others:
            yield f"denies what {fact.name} states: {', '.join(sorted(added))}"
        if fact.denied & both and not said.denied:
            yield f"states what {fact.name} denies: {', '.join(sorted(fact.denied & both))}"
    if (
        said.sides
        and nearest
        and not any(said.sides & (fact.sides or {"MISS"}) for fact in nearest)
    ):
        yield f"says of {'/'.join(sorted(said.sides))} what {nearest[0].name} says of the other"
    ways = frozenset().union(*(fact.directions for fact in used))
    for way, head in sorted(said.directions - ways):
        if ("down" if way == "up" else "up", head) in ways:
            yield f"turns the direction of: {head}"


def sentence_faults(text: str, names: Sequence[str]) -> list[str]:
    """What sentences of an answer say otherwise than the facts called `names`."""
    used = [facts()[name] for name in names]
    stated = [Statement(part) for part in sentences(text) if not is_frame(part)]
    faults = [f"{fault} | {said.text}" for said in stated for fault in _sentence_faults(said, used)]
    for fact in used:
        if fact.strength and not _keeps_hedge(fact, stated):
            faults.append(f"hedge of {fact.name} dropped: {'/'.join(fact.strength)}")
    return faults


def _keeps_hedge(fact: Fact, stated: Sequence[Statement]) -> bool:
    """Whether the sentence nearest to a fact, or one as near, keeps one of its hedge words."""
    near = [len(said.stems & fact.stems) for said in stated]
    hedge = re.compile(rf"\b(?:{'|'.join(fact.strength)})\b", re.IGNORECASE)
    return any(
        hedge.search(said.text)
        for said, count in zip(stated, near, strict=True)
        if count == max(near)
    )


def faults(text: str, names: Sequence[str]) -> list[str]:
    """All faults of an answer that states the facts called `names`."""
    return word_faults(text, names) + sentence_faults(text, names)

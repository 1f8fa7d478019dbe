"""Names of people: after "my name is" and the like, in signatures, and first name with surname.

A doctor's name is masked like any other: it tells who treats whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy import name_words as words
from spinechat.privacy.name_tokens import TOKEN, Cue, Name, name_at, tells_capitals
from spinechat.privacy.spans import Span

_IS = r"(?:\s?(?:is|are|was|will\sbe)\b|['’]?s\b|\s?[:=]|\s?-\s|,)"
# What is sure to be followed by a name.
_STRONG = re.compile(
    rf"(?<![\w(])(?:(?:(?:first|last|middle|maiden|full|given|family|legal|real|whole|patient)\s?"
    rf"names?|surname)(?:{_IS}|(?=\s))|names?(?:{_IS})|my\snames?(?=\s)"
    r"|(?:i['’]?m|i\sam|he['’]?s|she['’]?s)\s(?:called|named)|they\scall\sme|i\sgo\sby"
    r"|(?:patient|pt|insured|subscriber|guarantor|policy\s?holder|spouse|emergency\scontact|contact"
    r"|caller|signed|re|from|sender|client|member)\s?:|signed,?(?=\s)"
    r"|me\sllamo|(?:mi\s|su\s)?nombre(?:\scompleto)?(?:\ses|\s?:)|se\sllama|ll[aá]mame"
    r"|(?:mi\s|su\s)?apellidos?(?:\ses|\sson|\s?:)|paciente\s?:"
    r"|firmado\s?:?)[\s\"“'‘]{1,3}"
    r"(?:(?:is|it['’]?s|called|mr\.?|mrs\.?|ms\.?|miss|dr\.?)\s){0,2}",
    re.IGNORECASE,
)
_FAMILY = (
    r"(?:husband|wife|spouse|partner|son|daughter|mother|father|mom|mum|dad|brother|sister|grandson"
    r"|granddaughter|grandmother|grandfather|grandma|grandpa|aunt|uncle|cousin|niece|nephew|friend"
    r"|neighbor|boyfriend|girlfriend|fianc[eé]e?|caregiver|esposo|esposa|hijo|hija|madre|padre"
    r"|mam[aá]|pap[aá]|hermano|hermana|kid|boy|girl)"
)
# After these anything may follow.
_WEAK = re.compile(
    r"(?<!\w)(?:i['’]?m|i\sam|this\sis|it['’]?s(?:\sme)?|it\sis(?:\sme)?|soy|habla|les\shabla|call\sme|named?|called"
    rf"|ask\sfor|speak\s(?:to|with)|my\s{_FAMILY}|mi\s{_FAMILY}|patient|goes\sby|calls?\sme|known\sas|i,|sent\sfrom|regarding|behalf\sof"
    r"|appointment\sfor|appt\sfor|cita\spara|yours\struly|es)\s?,?\s{1,2}"
    r"(?:(?:mr|mrs|ms|dr|sister|brother|father|prof|rev|pastor)\.?\s)?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?<!\w)(?:dra?|doctora?|mrs?|ms|miss|sra?|srta|se[nñ]or(?:a|ita)?|don|do[nñ]a)\b\.?\s{1,2}",
    re.IGNORECASE,
)
_OWN_FAMILY = re.compile(rf"(?:my|mi)\s{_FAMILY}", re.IGNORECASE)
# After a weak cue and a name in small letters: who ends there has said their name.
_END = re.compile(
    r"\s{0,2}(?:\Z|[.,;:!?\n(\-–—]|(?:calling|speaking|here|again|and|from|i|i['’]?m|i['’]?ve|my|y"
    r"|aqu[ií]|de|with|date|dob|phone|at|the)\b)",
    re.IGNORECASE,
)
_CALLING = re.compile(
    r"\b(?:this\sis|it['’]?s|habla|les\shabla)\s{1,2}([^\W\d_][\w'’.-]{0,20}(?:\s[^\W\d_][\w'’.-]{0,20}){0,3}?)"
    r"\s{1,2}(?:calling|speaking|here|again|from|writing|llamando|aqu[ií])\b",
    re.IGNORECASE,
)
# "Hi, Maria here", "bob smith calling".
_HERE = re.compile(
    r"(?:\A|(?<=[.!?,;\n])|\b(?:hi|hello|hey|hola|morning|afternoon|evening|dias|días|tardes)\b)"
    r"[\s,!.]{0,3}(?=((?:[^\W\d_][\w'’.-]{0,20}\s{1,2}){1,4}?)(?:here|again|calling|speaking|writing|aqu[ií])\b)",
    re.IGNORECASE,
)
_BYE = (
    r"thanks(?:\s(?:so\smuch|again|a\slot|in\sadvance|a\smillion|everyone|all|for\s[\w\s']{2,40}))?"
    r"|thank\s(?:you|u)(?:\s(?:so\smuch|very\smuch|again|all|kindly|in\sadvance|for\s[\w\s']{2,40}))?"
    r"|thx|tks|tnx|ty|many\sthanks|(?:best|kind|warm|kindest|warmest)?\s?(?:regards|wishes)|best"
    r"|sincerely(?:\syours)?|(?:yours|very)\s(?:truly|sincerely|faithfully)|respectfully|cordially"
    r"|cheers|love|blessings|god\sbless(?:\syou)?|take\scare|bye(?:\sbye|\sfor\snow)?|goodbye"
    r"|appreciate\s(?:it|you|your\shelp)|(?:muchas\s|mil\s)?gracias(?:\sde\santemano)?|(?:un\s)?saludos?"
    r"|atentamente|cordialmente|atte\.?|talk\ssoon|have\sa\s(?:good|great|nice|blessed)\s(?:day|one"
    r"|evening|night|weekend)|waiting\sto\shear|peace|later|xoxo|xx"
)
_SIGNED = re.compile(
    rf"(?<!\w)(?:{_BYE})(?:[\s,.!;:~*\-\u2010-\u2015]{{1,4}}|$)|(?:\s|\A|(?<=[.!?,]))[~\-\u2010-\u2015]{{1,2}}\s?"
    r"|\n\s{0,3}",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"(?:['’]s)?\s(?:hospital|clinic|medical|center|centre|institute|university|health|memorial|foundation"
    r"|county|syndrome|disease|procedure|drain|rods?|test|sign|frame|collar|brace|method|technique|scale)"
    r"\b",
    re.IGNORECASE,
)
_RANK = re.compile(
    r"\b(?:(?-i:Sister|Brother|Father)|prof|professor|rev|reverend|pastor|rabbi|imam|deacon|sgt|sergeant|capt"
    r"|captain|col|colonel|lt|lieutenant|maj|major|judge|officer|coach|mrs?|ms|miss|dra?|sra?|srta)\b"
    r"\.?\s{1,2}",
    re.IGNORECASE,
)
# A name in small letters, before a date of birth: "shania whitlow, 06-11-1999".
_BEFORE_DATE = re.compile(
    r"(?<!\w)(?=([^\W\d_]{2,20}\s[^\W\d_][\w'’-]{1,20})"
    r"[\s,;:-]{1,3}(?:d\.?o\.?b|born|date\sof\sbirth|\d{1,2}[/-]\d{1,2}[/-]\d))",
    re.IGNORECASE,
)
_SEGMENT = re.compile(
    r"(?:\A|[.,!?;:\n(\u2013\u2014-])\s{0,3}"
    r"([^\W\d_][\w'’-]{1,20}(?:\s[^\W\d_][\w'’.-]{0,20}){1,2})\s{0,3}(?=\Z|[.,!?;:\n)\u2013\u2014-])"
)
# What may stand after a signature: a number that is masked, an age, a mark.
_AFTER = re.compile(r"[\s.,!)~*:;\-\u2010-\u2015/<3❤]{0,4}(?:[\d(+#@]|\Z)", re.IGNORECASE)
_SPELLED = re.compile(
    r"\b(?:spell(?:ed|ing|s|t)?|that['’]?s|name\sis|as\sin)(?:\s(?:it|is|as|like|my\sname|last"
    r"\sname|it['’]?s)){0,3}[\s:,]{1,2}((?:[^\W\d_][\s.,\-]{1,2}){2,20}[^\W\d_])\b",
    re.IGNORECASE,
)
_SURNAME_FIRST = re.compile(r"\b([A-Z][\w'’-]{1,20}),\s([A-Z][\w'’-]{1,20})\b")
# Names that are no patient's: of diseases, procedures, hospitals.
_KNOWN = re.compile(
    r"(?:tommy\sjohn|johns?\shopkins|mayo|cedars|st\.?\s|saint|santa|san\s|parkinson|crohn|hodgkin"
    r"|lou\sgehrig|ehlers|jackson\spratt|charcot|tiger\swoods|peyton\smanning|henry\sford|barnes"
    r"|robert\swood|virginia\smason|uncle\ssam|mary\swashington|mount|fort|los|las|el\spaso"
    r"|guillain|barre|charl(?:ie|ey)\shorse|tylenol|advil|aleve|motrin|kaiser)",
    re.IGNORECASE,
)

# In small letters, shorter words are too often something else ("pa na").
SHORTEST = 3


def _strong(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in _STRONG.finditer(text):
        yield name_at(text, match.end(), Cue.STRONG, capitals)
    for match in _TITLE.finditer(text):
        yield name_at(text, match.end(), Cue.TITLE, capitals)


def _weak(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in _WEAK.finditer(text):
        name = name_at(text, match.end(), Cue.WEAK, capitals)
        if name is None:
            continue
        spoken = text[name.start : name.end]
        listed = capitals and spoken[0].isupper() and words.first_name(spoken) >= words.LIKELY
        family = _OWN_FAMILY.match(match[0])
        if listed or family or name.count > 1 or _END.match(text, name.end):
            yield name
    for match in _CALLING.finditer(text):
        yield _whole(text, match.start(1), match.end(1), capitals)
    for match in _HERE.finditer(text):
        yield _whole(text, match.end(), match.end(1), capitals)


def _before_date(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in _BEFORE_DATE.finditer(text):
        name = _whole(text, match.start(1), match.end(1), capitals)
        if name is not None and words.surname(match[1].split()[-1]) >= words.LIKELY:
            yield name


def _alone(text: str, capitals: bool) -> Iterator[Name | None]:
    """Names that are all between two stops, in small letters too: "hi, shania whitlow, can I"."""
    for match in _SEGMENT.finditer(text):
        name = _whole(text, match.start(1), match.end(1), capitals)
        first, last = match[1].split()[0], match[1].split()[-1]
        # Unknown small words are mostly Spanish ones.
        sure = words.first_name(first) >= words.LIKELY or (capitals and last[0].isupper())
        if name is not None and sure and words.surname(last) >= words.SURE:
            yield name


def _whole(text: str, start: int, end: int, capitals: bool) -> Name | None:
    """A name that has to reach to `end`, which makes its place a sure one."""
    strict = Cue.STRONG if len(text[start:end].split()) > 1 else Cue.WEAK
    name = name_at(text, start, strict, capitals)
    likely = max(words.first_name(text[start:end].split()[0]), 0.0) if name else 0.0
    unknown = name is not None and words.is_unknown(text[start:end].split()[0])
    reaches = name is not None and not text[name.end : end].strip(" .")
    return name if reaches and (likely >= words.LIKELY or unknown) else None


def _signatures(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in _SIGNED.finditer(text):
        rank = _RANK.match(text, match.end())
        start = rank.end() if rank else match.end()
        if TOKEN.match(text, start) is None:
            continue
        name = name_at(text, start, Cue.TITLE if rank else Cue.WEAK, capitals)
        if name is None and capitals and _initials(text, start):
            name = Name(start, len(text.rstrip(" .")), 1)
        if name is not None and _AFTER.match(text, name.end):
            yield name


def _initials(text: str, start: int) -> bool:
    return bool(re.fullmatch(r"(?:[A-Z]\.\s?){2,3}\s*", text[start : start + 12]))


def _full_names(text: str, capitals: bool) -> Iterator[Name | None]:
    """First name and surname together, wherever they stand."""
    end = -1
    for match in TOKEN.finditer(text):
        token = match[0]
        if match.start() < end or _KNOWN.match(text, match.start()):
            continue
        capital = capitals and token[0].isupper()
        listed = words.first_name(token) >= words.LIKELY
        # "Zach Pruitt": the surname speaks for both.
        if not listed and not (capital and words.is_unknown(token, words.UNCOMMON_CAPITAL)):
            continue
        cue = Cue.WEAK if capital else Cue.NONE
        name = name_at(text, match.start(), cue, capitals)
        if name is None or name.count < 2:
            continue
        last = TOKEN.findall(text[name.start : name.end])[-1]
        if not capital and min(len(token), len(last)) < SHORTEST:
            continue
        if capital and not listed and not last[0].isupper():
            continue
        bar = words.LIKELY if capital and listed else words.SURE
        unknown = capital and listed and last[0].isupper() and words.is_unknown(last)
        if words.surname(last) >= bar or unknown:
            end = name.end
            yield name
    for match in _SURNAME_FIRST.finditer(text):
        if words.surname(match[1]) >= words.LIKELY and words.first_name(match[2]) >= words.SURE:
            given = name_at(text, match.start(2), Cue.WEAK, True)
            yield Name(match.start(), given.end if given else match.end(), 2)


def names(text: str) -> Iterator[Span]:
    """Every name of a person."""
    capitals = tells_capitals(text)
    ranks = {match.end(): match.start() for match in _RANK.finditer(text)}
    for rule in (_strong, _weak, _before_date, _alone, _signatures, _full_names):
        for name in rule(text, capitals):
            if name is not None:
                if _INSTITUTION.match(text, name.end):
                    continue
                # "Sister Mary Agnes" goes as a whole.
                yield Span(ranks.get(name.start, name.start), name.end, "name")
    for match in _SPELLED.finditer(text):
        yield Span(*match.span(1), "name")

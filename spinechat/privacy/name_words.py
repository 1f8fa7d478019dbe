"""Which words are likely names: how common they are as names beside how common they are in texts.

Names and their shares are those of the US census of 1990 (files of the package `names`: public
domain, every first name and the 18,800 surnames of one person in 100,000 or more); shares of
words in texts are symspellpy's. "Maria" is 300 times as common among names as among words, "king"
13 times, "hope" 2.5 times, "will" a tenth. A list of names alone would make a name of "may".
Names that are common elsewhere, or since, stand in names_abroad.txt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.es.stop_words import STOP_WORDS as SPANISH

from spinechat.redflags.frequencies import word_counts

# In percent: surnames below are rarer than one in 100,000.
RAREST = 0.001
# A word of texts that is rarer than this is likelier a name than itself, where a name is expected:
# one in 3.7 million words.
UNCOMMON = 160_000
# The same after "my name is" and a first word that is no common one.
UNCOMMON_SURNAME = 1_000_000
# The same for a capitalised word beside a surname.
UNCOMMON_CAPITAL = 3_000_000
# As common among names as this many times its share in texts.
LIKELY, SURE = 5.0, 20.0

# What people say after "I'm" or "my name is" that is no name: beside function words, what they
# feel and have. Never a name, however it is written.
_SYMPTOMS = frozenset(
    """
    pain painful hurt hurts hurting numb numbness tingling tingly weak weakness paralyzed paralysed
    paralyzing bleeding blood dying dead dizzy faint fainting fever feverish chills infected
    infection swollen swelling sick ill nauseous vomiting throwing choking breathing breathless
    breath chest heart stroke seizure clot leg legs arm arms foot feet hand hands neck back spine
    head bladder bowel groin wound incision drainage suicidal suicide kill killing die hopeless
    depressed anxious scared afraid worried terrible awful horrible bad worse worst urgent emergency
    crisis help stuck falling fallen fell unable losing lost crying screaming burning stabbing
    shooting stiff sore aching achy tired exhausted pregnant diabetic overweight obese smoker
    patient disc disk sciatica stenosis scoliosis fusion surgery surgeon doctor doc nurse dolor
    duele entumecido entumecida debil débil mareado mareada fiebre sangre sangrando morir paralizado
    paralizada ayuda enfermo enferma embarazada diabetico diabética diabetica
    """.split()
)
_WORDS = frozenset(
    """
    hi hello hey hola thanks thank thx ty please sorry ok okay yes yeah yep no nope sir madam maam
    ma'am mam miss guys folks everyone everybody team dear love bye goodbye regards cheers again
    anymore im i'm ive i've id i'd ill i'll dont don't cant can't wont won't isn't isnt u ur r n b
    bud buddy bro dude hon honey sweetie sis doll boss mate pal mawmaw meemaw nana papa granny ma pa
    rn lpn cna pta dpt emt aka asap fyi btw lol omg mom mother dad father wife husband son daughter
    sister brother friend mine name named date dob phone cell email address number birth born call
    calling called test same cute mud not need want new mr mrs ms dr dra prof today tomorrow
    yesterday monday tuesday wednesday thursday friday saturday sunday labor color favor honor tumor
    center orthopedic pediatric anesthesia day easter christmas thanksgiving january february march
    may june july august september october november december spanish english american mexican
    hispanic so very just been having had have has be am being wants needs necesito quiero tengo
    busco quisiera puedo soy estoy vivo naci nací tel telefono teléfono fecha cita gracias saludos
    señor señora buenos buenas dias días tardes noches espalda cirugia cirugía operación operacion
    medicare medicaid tricare humana aetna cigna anthem kaiser bcbs ppo hmo
    mayor paciente hijo hija esposo esposa llamo nombre correo
    """.split()
)

_DATES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january march april may june july
    august september october november december easter christmas
    """.split()
)

_STOP = frozenset({*ENGLISH, *SPANISH, *_SYMPTOMS, *_WORDS})

# Given more often since 1990, and short forms.
_LATER = """
zach zack nate josh deb becky abby tori mackenzie lupita chuy lalo beto nacho memo paco pancho chela
chayo bubba nell
"""
# As in the census a name of one in 5,000.
SHARE_OF_LATER = 0.0002
# No unlisted word that ends so is a name: states ("bedridden"), operations, diseases, drugs.
_ENDS_LIKE_A_WORD = re.compile(
    r".{2,}(?:dden|ridden|bound|ated|ized|less|ful|able|ible|ness|ology|logist|ologist|ectomy|otomy"
    r"|ostomy|osis|itis|algia|pathy|plasty|scopy|gram|graphy|lysis|desis|thesis|emia|uria|plegia"
    r"|paresis|pam|codone|profen|pentin|triptyline|xicam|zolam|statin|cillin|mycin|caine|prazole"
    r"|tion|ment|ously|ically|ingly)\Z"
)


def _shares(file: str) -> dict[str, float]:
    """Share of each name among all, commonest first in the file."""
    shares = {}
    for line in (files("names") / file).read_text(encoding="ascii").splitlines():
        name, percent = line.split()[:2]
        if float(percent) < RAREST:
            break
        shares[name.lower()] = float(percent) / 100
    return shares


@lru_cache(maxsize=1)
def _first_names() -> dict[str, float]:
    women, men = _shares("dist.female.first"), _shares("dist.male.first")
    census = {n: max(women.get(n, 0), men.get(n, 0)) for n in {*women, *men}}
    return _with_later(census, {*_LATER.split(), *_abroad("given")})


@lru_cache(maxsize=1)
def _surnames() -> dict[str, float]:
    return _with_later(_shares("dist.all.last"), _abroad("surnames"))


def _with_later(census: dict[str, float], later: Collection[str]) -> dict[str, float]:
    return {
        **census,
        **{name: max(SHARE_OF_LATER, census.get(name, 0.0)) for name in later if name not in _STOP},
    }


def _abroad(kind: str) -> set[str]:
    """Names of names_abroad.txt, "given" or "surnames"."""
    text = Path(__file__).with_name("names_abroad.txt").read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines())
    return {name.lower() for head, _, names in lines if head == kind for name in names.split()}


@lru_cache(maxsize=1)
def _words_in_all() -> int:
    return sum(word_counts().values())


def _likelihood(word: str, shares: dict[str, float]) -> float:
    """How many times commoner a word is among names than in texts; 0 if it is no name."""
    share = shares.get(word, 0.0)
    count = word_counts().get(word, 0)
    return share * _words_in_all() / max(count, UNCOMMON)


def _lower(word: str) -> str:
    word = word.lower().replace("’", "'").rstrip(".")
    return word[:-2] if word.endswith("'s") else word


def _plain(word: str) -> str:
    """A word as both lists have it, without accents: "barragán" is "barragan"."""
    word = _lower(word)
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def first_name(word: str) -> float:
    """How likely a word is a first name: its share among them by its share in texts."""
    if _lower(word).split("-")[0] in _STOP:
        return 0.0
    return _likelihood(_plain(word).split("-")[0], _first_names())


def surname(word: str) -> float:
    """How likely a word is a surname, as `first_name`; the likeliest part of a double one."""
    parts = _lower(word).replace("'", "").split("-")
    known = [0.0 if part in _STOP else _likelihood(_plain(part), _surnames()) for part in parts]
    return max(known)


def is_first_name(word: str) -> bool:
    """Whether a word is a first name at all, though it may be commoner as something else."""
    return _plain(word) in _first_names()


def is_surname(word: str) -> bool:
    """Whether a word is a surname at all."""
    return _plain(word) in _surnames()


def is_stop(word: str) -> bool:
    """Whether a word is never a name: a function word, a greeting, a symptom."""
    return _lower(word) in _STOP


def is_symptom(word: str) -> bool:
    """Whether a word says what a patient feels or fears."""
    return _lower(word) in _SYMPTOMS


def is_unknown(word: str, bar: int = UNCOMMON) -> bool:
    """Whether a word is neither common in English nor one that is never a name.

    `bar` is the count from which on symspellpy's list calls it common.
    """
    plain = _plain(word)
    if _lower(word) in _STOP or _ENDS_LIKE_A_WORD.match(plain):
        return False
    return word_counts().get(plain, 0) < bar


def is_date_word(word: str) -> bool:
    """Whether a word is a weekday or a month, which some people are named after."""
    return _plain(word) in _DATES

"""What the safety screen hears, and what it lets pass."""

from __future__ import annotations

import pytest

from spinechat.redflags import Screening, screen
from spinechat.redflags.screen import Finding
from spinechat.redflags.windows import LONGEST_PATTERN, WINDOW

ALARMS = {
    "bladder_bowel": [
        "I can't pee since yesterday",
        "I lost control of my bladder",
        "I wet myself and never felt it",
        "I can't hold my poop anymore",
        "my bowels stopped working after the operation",
        "I haven't been able to urinate since surgery",
        "pee runs down my legs without warning",
        "my husband is incontinent since Sunday",
        "I can't tell when I need to pee",
        "I soiled my pants this morning",
        "my bladder is numb",
        "I try to pee and nothing comes out",
        "no puedo orinar desde ayer",
        "perdí el control de la vejiga",
        "me orino encima sin darme cuenta",
        "mi papá no ha orinado desde la operación",
    ],
    "saddle": [
        "I'm numb between my legs",
        "I can't feel myself wipe",
        "my butt has gone numb",
        "no feeling in my private parts",
        "my groin is completely numb",
        "numbness around my anus",
        "my inner thighs are tingling and numb",
        "I can't feel the toilet seat",
        "my genitals went numb overnight",
        "I am numb down there",
        "tengo dormidas las nalgas",
        "no siento mis partes íntimas",
        "se me durmió la entrepierna",
    ],
    "weakness": [
        "I can't move my legs",
        "my legs gave out twice today",
        "my foot keeps dragging",
        "I have foot drop",
        "I woke up paralyzed",
        "my leg is getting weaker every day",
        "I can't lift my foot",
        "my arms feel weak",
        "I can't walk",
        "I can't feel my feet",
        "she keeps dropping things",
        "numb from the waist down",
        "no puedo mover las piernas",
        "no siento los pies",
        "se me doblan las piernas",
        "perdí la fuerza en la mano",
    ],
    "fever": [
        "I have a fever of 102 after my surgery",
        "running a fever and my back hurts",
        "temp is 101.5 and the incision hurts",
        "chills since the operation",
        "my back hurts and I'm shivering",
        "fever since last night",
        "night sweats and back pain",
        "I had a discectomy Monday and now I'm burning up",
        "he's hot to the touch after his back surgery",
        "tengo fiebre desde la operación",
        "me duele la espalda y tengo escalofríos",
        "traigo calentura y me operaron el lunes",
    ],
    "wound": [
        "there is pus coming out of my incision",
        "my incision smells awful",
        "my wound is red and hot",
        "red streaks are going up from my stitches",
        "yellow pus is leaking from the cut",
        "the scar is hot and swollen",
        "green discharge from my surgical site",
        "the redness around my incision is spreading",
        "the dressing stinks",
        "me sale pus de la herida",
        "la herida huele mal y está roja",
        "la cicatriz está infectada",
    ],
    "chest_breath": [
        "my chest hurts",
        "I can't breathe",
        "I'm short of breath since the operation",
        "tightness in my chest",
        "I'm coughing up blood",
        "my calf is swollen and red",
        "hard to breathe",
        "pain in my left arm and I'm sweating",
        "I think I'm having a heart attack",
        "her lips are blue",
        "my calf hurts since the surgery",
        "me duele el pecho",
        "no puedo respirar",
        "tengo la pantorrilla hinchada y roja",
        "estoy tosiendo sangre",
    ],
    "trauma": [
        "I just fell down the stairs and hit my back",
        "car accident an hour ago and my neck hurts",
        "fell off a ladder today and my back is killing me",
        "I fell this morning and I can't move",
        "I was thrown from my horse yesterday and my back hurts",
        "got rear ended today and my neck is stiff",
        "my son fell from a tree today and landed on his back",
        "hit by a car this morning my spine hurts",
        "fell off the roof just now",
        "me caí de la escalera ayer",
        "mi mamá se cayó hace una hora",
        "chocamos anoche y me duele la espalda",
    ],
    "headache": [
        "worst headache I've ever had",
        "sudden headache out of nowhere",
        "my head hurts and my neck is stiff",
        "headache came on all at once like a thunderclap",
        "I have a headache and can't bend my neck",
        "stiff neck and a headache since last night",
        "my head hurts and the light bothers me",
        "it feels like a bomb went off in my head",
        "can't touch my chin to my chest",
        "el peor dolor de cabeza de mi vida",
        "me duele la cabeza y tengo el cuello tieso",
        "de repente me explotó la cabeza",
    ],
    "crisis": [
        "I want to kill myself",
        "I want to die",
        "I'm suicidal",
        "I don't want to be here anymore",
        "everyone would be better off without me",
        "I have a gun and I'm ready to end it",
        "there's no point in living",
        "I took all my pills tonight",
        "I'm going to end my life tonight",
        "my husband says he wants to kill himself",
        "I wrote goodbye letters to my kids",
        "I hope I don't wake up tomorrow",
        "quiero morirme",
        "me quiero matar",
        "ya no quiero vivir",
        "mi hijo habla de suicidarse",
    ],
}


def reasons(found: Screening) -> dict[str, str]:
    """Why each concept was silenced, "" if it was not."""
    return {finding.concept: finding.silenced for finding in found.findings}


@pytest.mark.parametrize(
    ("concept", "text"), [(concept, text) for concept, texts in ALARMS.items() for text in texts]
)
def test_a_plain_alarm_is_raised(concept: str, text: str) -> None:
    found = screen(text)
    assert found.action == ("crisis" if concept == "crisis" else "emergency")
    assert concept in found.concepts and not found.all_silenced


# Why there is no alarm, though there is a sign.
SILENCED = {
    "denied": [
        ("I have no fever", "fever"),
        ("no numbness between my legs", "saddle"),
        ("denies weakness in the legs", "weakness"),
        ("no loss of bladder control", "bladder_bowel"),
        ("I have not lost control of my bladder", "bladder_bowel"),
        ("I'm not short of breath", "chest_breath"),
        ("I don't have chest pain", "chest_breath"),
        ("he is not suicidal", "crisis"),
        ("I don't have foot drop", "weakness"),
        ("without fever or chills after surgery", "fever"),
        ("no pus, no redness, no smell around my wound", "wound"),
        ("no thunderclap headache", "headache"),
        ("no tengo fiebre", "fever"),
        ("sin fiebre desde la operación", "fever"),
        ("nunca he tenido incontinencia", "bladder_bowel"),
    ],
    "over": [
        ("I had a fever years ago", "fever"),
        ("I wet the bed as a kid", "bladder_bowel"),
        ("I used to be suicidal, that was in college", "crisis"),
        ("I tried to kill myself twenty years ago", "crisis"),
        ("my foot drop is completely healed", "weakness"),
        ("I was paralyzed in 1998", "weakness"),
        ("I had chest pain back in 2010", "chest_breath"),
        ("history of foot drop", "weakness"),
        ("I couldn't walk last year", "weakness"),
        ("my legs gave out long ago", "weakness"),
        ("hace años tuve incontinencia", "bladder_bowel"),
    ],
    "imagined": [
        ("what if I can't walk afterwards", "weakness"),
        ("can the surgery cause incontinence", "bladder_bowel"),
        ("what happens if I get a fever after surgery", "fever"),
        ("could it leave me unable to walk", "weakness"),
        ("I'm afraid of losing control of my bladder", "bladder_bowel"),
        ("is there a risk of numb genitals", "saddle"),
        ("I had a nightmare that I couldn't move my legs", "weakness"),
        ("I read about incontinence online", "bladder_bowel"),
        ("how common is foot drop", "weakness"),
        ("what if I have chest pain at night", "chest_breath"),
        ("hay riesgo de incontinencia", "bladder_bowel"),
        ("puede causar incontinencia", "bladder_bowel"),
    ],
    "others_past": [
        ("I knew a guy who couldn't walk", "weakness"),
        ("I heard of a lady who lost bladder control", "bladder_bowel"),
        ("my late husband had chest pain", "chest_breath"),
        ("my late father couldn't breathe", "chest_breath"),
        ("I knew a man who was incontinent", "bladder_bowel"),
        ("my aunt wound up incontinent", "bladder_bowel"),
        ("I met a lady with foot drop", "weakness"),
        ("my deceased wife had fever", "fever"),
    ],
    "harmless": [
        ("I laughed so hard I peed my pants", "bladder_bowel"),
        ("that song gives me chills and I had surgery", "fever"),
        ("my butt goes numb from sitting on the bleachers", "saddle"),
        ("I can't walk that far", "weakness"),
        ("weak in the knees when he smiles", "weakness"),
        ("the view left me breathless", "chest_breath"),
        ("I'd rather die than wait", "crisis"),
        ("I hurt myself lifting a box", "crisis"),
        ("tengo fiebre del mundial", "fever"),
        ("the worst headache is my insurance paperwork", "headache"),
    ],
}


@pytest.mark.parametrize(
    ("why", "text", "concept"),
    [(why, *case) for why, cases in SILENCED.items() for case in cases],
)
def test_a_sign_that_is_none_raises_nothing(why: str, text: str, concept: str) -> None:
    found = screen(text)
    assert found.action is None and found.concepts == () and found.all_silenced
    assert reasons(found)[concept] == why


# A negative word that says the symptom itself.
NO_DENIAL = [
    ("I can't feel my legs", "weakness"),
    ("I do not feel my feet", "weakness"),
    ("I have no strength in my legs", "weakness"),
    ("my leg won't work", "weakness"),
    ("no control over my bladder", "bladder_bowel"),
    ("not able to pee", "bladder_bowel"),
    ("not a drop of pee since noon", "bladder_bowel"),
    ("I never felt it when I wet myself", "bladder_bowel"),
    ("I don't feel it when I pee", "bladder_bowel"),
    ("no feeling between my legs", "saddle"),
    ("no feeling when I wipe", "saddle"),
    ("I can't breathe", "chest_breath"),
    ("I don't want to be alive anymore", "crisis"),
    ("no reason to live", "crisis"),
    ("no siento las piernas", "weakness"),
    ("no me responden las piernas", "weakness"),
    ("no puedo orinar", "bladder_bowel"),
    # and one beside it that says something else
    ("I don't know why but I can't walk", "weakness"),
    ("no idea why my legs gave out", "weakness"),
    ("no joke, my legs gave out", "weakness"),
    ("no se que hacer, me duele el pecho", "chest_breath"),
]


@pytest.mark.parametrize(("text", "concept"), NO_DENIAL)
def test_a_negative_that_is_the_symptom_denies_nothing(text: str, concept: str) -> None:
    found = screen(text)
    assert found.action is not None and concept in found.concepts


# text, what it alarms for, what is silenced in it and why
BESIDE = [
    ("no fever but my legs gave out", "weakness", None, ""),
    ("I have no fever. But I can't feel my legs since Monday", "weakness", "fever", "denied"),
    ("I don't have chest pain but I can't pee", "bladder_bowel", "chest_breath", "denied"),
    ("denies chest pain. numb between my legs", "saddle", "chest_breath", "denied"),
    ("no tengo fiebre pero no siento las piernas", "weakness", "fever", "denied"),
    ("I had foot drop years ago but now I can't pee", "bladder_bowel", "weakness", "over"),
    ("I used to be suicidal. My legs gave out today", "weakness", "crisis", "over"),
    (
        "my foot drop healed years ago but since yesterday I can't hold my pee",
        "bladder_bowel", "weakness", "over",
    ),
    (
        "what if I can't walk afterwards? My chest hurts",
        "chest_breath", "weakness", "imagined",
    ),
    (
        "my late husband had chest pain. I can't feel my legs",
        "weakness", "chest_breath", "others_past",
    ),
    (
        "laughed so hard I peed my pants, but now my chest hurts",
        "chest_breath", "bladder_bowel", "harmless",
    ),
    # the same sign again: the one that stands counts
    ("my legs gave out years ago. Now my legs gave out again", "weakness", None, ""),
    ("I knew a guy who couldn't walk and today my legs gave out", "weakness", None, ""),
    ("I was scared of paralysis. Now I can't move my legs", "weakness", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "silenced", "why"), BESIDE)
def test_a_new_sign_beside_one_that_is_none_alarms(
    text: str, concept: str, silenced: str | None, why: str
) -> None:
    found = screen(text)
    assert found.action == "emergency" and concept in found.concepts
    assert not found.all_silenced
    assert silenced is None or reasons(found)[silenced] == why


# What says that it is now wins over what says that it was, was feared or was another's.
NOW = [
    ("my legs gave out years ago and today they gave out again", "weakness"),
    ("I had foot drop years ago, it started again yesterday", "weakness"),
    ("last year my chest hurt and tonight my chest hurts", "chest_breath"),
    ("I used to have chest pain and since yesterday my chest hurts", "chest_breath"),
    ("I knew a guy with foot drop and now I have foot drop", "weakness"),
    ("what if it is foot drop, it started this morning", "weakness"),
]


@pytest.mark.parametrize(("text", "concept"), NOW)
def test_what_is_there_now_alarms(text: str, concept: str) -> None:
    assert concept in screen(text).concepts


BOTH = [
    ("I can't feel my legs and I want to die", "weakness"),
    ("I want to die, I can't walk", "weakness"),
    ("chest pain and I want to kill myself", "chest_breath"),
    ("I have a fever after surgery and I'm suicidal", "fever"),
    ("my chest hurts, I hope I don't wake up tomorrow", "chest_breath"),
    ("no puedo orinar y me quiero matar", "bladder_bowel"),
]


@pytest.mark.parametrize(("text", "concept"), BOTH)
def test_a_crisis_outranks_an_emergency(text: str, concept: str) -> None:
    found = screen(text)
    assert found.action == "crisis" and {concept, "crisis"} <= set(found.concepts)


def test_a_crisis_that_is_over_outranks_nothing() -> None:
    found = screen("I was suicidal twenty years ago. My chest hurts")
    assert found.action == "emergency" and reasons(found)["crisis"] == "over"


NOTHING = [
    "", "   ", "🙂", "?", "hello", "thanks", "how long is the hospital stay",
    "what is minimally invasive surgery", "my back hurts", "I have sciatica",
    "my leg hurts when I sit", "when can I drive after surgery", "can I shower after surgery",
    "I can feel my legs", "I can walk fine", "can't wait to walk again", "do you take Medicare",
    "¿cuánto cuesta la operación?", "me duele la espalda", "gracias",
    # a wound that leaks a little and has none of the signs
    "my incision is leaking clear fluid", "the wound is leaking a little",
    "leaking clear fluid from the incision onto my pants", "my incision is dripping",
    "there is some drainage on my bandage", "my stitches are itchy",
    "the incision leaks a bit of clear fluid", "my dressing is a little wet",
    # halves of an alarm
    "I have the chills", "that stinks", "I fell", "my calf hurts", "my neck is stiff",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    found = screen(text)
    assert (found.action, found.findings, found.concepts) == (None, (), ())
    assert not found.all_silenced and found.words


# a sign that counts only beside its setting
TOGETHER = [
    ("I have the chills", "I had back surgery", "fever"),
    ("my calf hurts", "I had my fusion", "chest_breath"),
    ("there is a foul odor", "look at my incision", "wound"),
    ("I fell yesterday", "my back hurts", "trauma"),
]


@pytest.mark.parametrize(("sign", "setting", "concept"), TOGETHER)
def test_a_sign_and_its_setting_are_an_alarm_together(
    sign: str, setting: str, concept: str
) -> None:
    assert concept not in screen(sign).concepts
    assert concept not in screen(setting).concepts
    assert concept in screen(f"{sign}. {setting}").concepts
    assert concept in screen(f"{setting}, {sign}").concepts


# Long messages.

FILLER = "we talked of gardens and music and bread and the cat of Margaret".split()
LONG = [
    ("I can't feel my legs", "weakness", "emergency"),
    ("I lost control of my bladder", "bladder_bowel", "emergency"),
    ("there is pus coming out of my incision", "wound", "emergency"),
    ("I want to kill myself", "crisis", "crisis"),
    ("no siento las piernas", "weakness", "emergency"),
]


def filler(words: int) -> str:
    """So many words that say nothing, in sentences."""
    repeated = FILLER * (words // len(FILLER) + 1)
    return " ".join(repeated[:words])


def test_the_filler_says_nothing() -> None:
    found = screen(filler(1000))
    assert found.findings == () and len(found.words) == 1000


@pytest.mark.parametrize("before", [0, 500, 1000])
@pytest.mark.parametrize(("sign", "concept", "action"), LONG)
def test_a_sign_is_heard_anywhere_in_a_long_text(
    sign: str, concept: str, action: str, before: int
) -> None:
    found = screen(f"{filler(before)}. {sign}. {filler(1000 - before)}")
    assert found.action == action and concept in found.concepts


# A sign of many words, so that it lies over the end of each part of the text somewhere.
STRETCHED = f"headache {filler(13)} neck is so very stiff"


def test_a_long_sign_is_heard_wherever_the_text_is_parted() -> None:
    assert len(STRETCHED.split()) > LONGEST_PATTERN / 2
    for before in range(WINDOW + 2):
        found = screen(f"{filler(before)} {STRETCHED} {filler(WINDOW)}")
        assert found.concepts == ("headache",), before


def test_a_denial_is_heard_wherever_the_text_is_parted() -> None:
    for before in range(WINDOW + 2):
        text = f"{filler(before)}. I have no numbness between my legs. {filler(WINDOW)}"
        assert reasons(screen(text)) == {"saddle": "denied"}, before


def test_a_sign_and_its_setting_may_be_far_apart() -> None:
    found = screen(f"I have the chills. {filler(1000)}. I had back surgery")
    assert found.concepts == ("fever",)


def test_each_of_many_signs_is_judged_by_what_is_near_it() -> None:
    between = filler(200)
    text = f"I have no fever. {between}. My chest hurts. {between}. I had foot drop as a kid"
    assert reasons(screen(text)) == {"fever": "denied", "chest_breath": "", "weakness": "over"}


# What a screening tells.


def test_a_concept_is_found_once() -> None:
    found = screen("I can't walk. I can't move my legs. My legs gave out. My chest hurts")
    assert sorted(finding.concept for finding in found.findings) == ["chest_breath", "weakness"]


def test_a_screening_holds_the_canonical_words() -> None:
    assert screen("Unable to FEEL it!").words == ("cannotfeel", "it", ".")


def test_the_same_text_is_screened_alike() -> None:
    text = "no fever but my legs gave out. I used to be suicidal"
    assert screen(text) == screen(text)
    assert Finding("fever") == Finding("fever", "")

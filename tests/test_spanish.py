"""Spanish is told from English on short lines, without accents, and mixed with English."""

from __future__ import annotations

import json

import pytest

from spinechat import spanish
from spinechat.evaluation import messages
from spinechat.spanish import looks_spanish

SPANISH = [
    "no puedo orinar", "me quiero morir", "perdi el control de la vejiga",
    "mi mama no siente las piernas", "no siento nada", "me duele el pecho", "no puedo respirar",
    "quiero matarme", "tengo fiebre", "ayuda", "estoy sangrando", "se me durmió la pierna",
    "no puedo caminar", "ya no quiero vivir", "la herida tiene pus", "mi papá se cayó", "me caí",
    "es grave?", "puede esperar hasta mañana", "ya llamé al 911", "no aguanto más", "ok gracias",
    "hola, tengo una cita el jueves but since last night no siento las pompis",
    "im tired doctora, ya no quiero estar aqui, perdon", "¿Cuánto cuesta la operación?",
    "NO PUEDO MOVER LAS PIERNAS", "¡auxilio!", "Mi esposo está muy triste y habla de morir",
]  # fmt: skip

ENGLISH = [
    "", "😀", "911", "no", "no no no", "me", "a real doctor", "how bad is the pain in El Paso?",
    "is there a clinic near Los Angeles or Las Vegas", "my name is Maria de la Cruz", "VA benefits",
    "my mama has a hernia", "pus is coming out", "he has no control", "Dolores can't feel her legs",
    "I had a TIA last year", "jalapeños gave me heartburn", "my mom José says hola to you", "la la",
    "no normal person pays that", "café near the clinic", "plan B", "SI joint pain", "si",
    "yo is this a real person", "once I come in, can mi mama come too", "Wo ist das Krankenhaus?",
    "bonjour, je voudrais un rendez-vous", "do you speak spanish?", "me mover, no pain",
]  # fmt: skip


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_is_known(text: str) -> None:
    assert looks_spanish(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_not_taken_for_spanish(text: str) -> None:
    assert not looks_spanish(text)


@pytest.mark.parametrize(
    "text", ["no puedo orinar", "me quiero morir", "mi mamá se cayó del techo"]
)
def test_spanish_is_known_inside_a_body(text: str) -> None:
    """As a refused request is screened with its JSON around the message."""
    assert looks_spanish(
        json.dumps({"session": "web-0a1b2c3d", "message": text}, ensure_ascii=False)
    )


def test_spanish_is_told_from_english_in_patients_own_words() -> None:
    told = {True: [0, 0], False: [0, 0]}
    for alarm in messages.alarms("dev"):
        counts = told[alarm.kind == "spanish"]
        counts[0] += looks_spanish(" ".join(alarm.turns))
        counts[1] += 1
    assert told[True][0] >= 0.97 * told[True][1]
    assert told[False][0] <= 0.005 * told[False][1]


def test_no_word_counts_twice() -> None:
    lists = (spanish._SPANISH, spanish._SHARED, spanish._ENGLISH)
    assert sum(map(len, lists)) == len(frozenset().union(*lists))

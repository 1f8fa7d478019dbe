"""Identifiers are masked, the clinic's own number and all that carries meaning stays."""

from __future__ import annotations

import pytest

from spinechat.clinic import clinic
from spinechat.privacy import masked, masking

# What a patient may write, and what must be left of it.
EMAILS = {
    "john.doe+spine@mail.co.uk": "(email)",
    "o'brien@mail.com": "(email)",
    "mail me: a_b@x.org, please": "mail me: (email), please",
    "john at gmail dot com": "(email)",
    "john dot smith at yahoo dot com": "(email)",
    "j.smith (at) gmail (dot) com": "(email)",
    "john @ gmail . com": "(email)",
    "ana arroba gmail punto com": "(email)",
    "my email is maria lopez 72 at gmail dot com": "my email is (email)",
}
PHONES = {
    "(305) 555-0123": "(phone)",
    "(212)7365000": "(phone)",
    "305-555-0123": "(phone)",
    "305 555 0123": "(phone)",
    "305/555/0123": "(phone)",
    "212.736.5000": "(phone)",
    "212–736–5000": "(phone)",
    "2127365000": "(phone)",
    "+1 (212) 736-5000": "(phone)",
    "1-212-736-5000 ext. 12": "(phone)",
    "+44 20 7946 0958": "(phone)",
    "011 44 20 7946 0958": "(phone)",
    "2 1 2 7 3 6 5 0 0 0": "(phone)",
    "٢١٢٧٣٦٥٠٠٠": "(phone)",
    "555-0123": "(number)",
    "call five five five oh one two three": "call (phone)",
    "three oh five, five five five, zero one two three": "(phone)",
    "305 five five five 0123": "(phone)",
    "tres cero cinco cinco cinco cinco cero uno dos tres": "(phone)",
    "call 212-736-5000 or a@b.com, SSN 123-45-6789": "call (phone) or (email), SSN (number)",
}
NUMBERS = {
    "123-45-6789": "(number)",
    "123 45 6789": "(number)",
    "123.45.6789": "(number)",
    "123456789": "(number)",
    "123–45–6789": "(number)",
    "123\u201145\u20116789": "(number)",
    "123\u00a045\u00a06789": "(number)",
    "１２３-４５-６７８９": "(number)",
    "my ssn is one two three four five six seven eight nine": "my ssn is (number)",
    "social security number one twenty three forty five sixty seven eighty nine": (
        "social security number (number)"
    ),
    "last four of my social is 6789": "last four of my social is (number)",
    "MRN 1234567": "MRN (number)",
    "MRN 12345": "MRN (number)",
    "mrn: A-123-456": "mrn: (number)",
    "member id ABC12345": "member id (number)",
    "my member number is XYZ 123 456 789": "my member number is (number)",
    "policy # W-123 456 789": "policy # (number)",
    "póliza 445566": "póliza (number)",
    "group number 00123": "group number (number)",
    "medicare 1EG4-TE5-MK73": "medicare (number)",
    "A1234567B": "(number)",
    "4111 1111 1111 1111": "(number)",
    "4111-1111-1111-1111": "(number)",
    "card 4111 1111 1111 1111 exp 04/27 cvv 123": "card (number) exp (number) cvv (number)",
    "the card ending in 1234": "the card ending in (number)",
}
DATES = {
    "born 3/4/1970": "born (date)",
    "03.04.70": "(date)",
    "1970-03-04": "(date)",
    "1970/03/04": "(date)",
    "5-3-1952": "(date)",
    "March 4, 1970": "(date)",
    "Mar 4th 1970": "(date)",
    "4 march 1970": "(date)",
    "the 1st of Sept. 1970": "the (date)",
    "DOB 5/3/52": "DOB (date)",
    "d.o.b. 05031952": "d.o.b. (date)",
    "born on the third of May nineteen fifty two": "born on the (date)",
    "May third, nineteen fifty-two": "(date)",
    "my birthday is may 3rd": "my birthday is (date)",
    "nací el 3 de mayo de 1952": "nací el (date)",
    "tres de mayo de mil novecientos cincuenta y dos": "(date)",
}
ADDRESSES = {
    "1420 Oak Street, Apt 4B, Dallas, TX 75201": "(address)",
    "i live at 77 sunset blvd": "i live at (address)",
    "123 W 42nd St Apt 5": "(address)",
    "4500 Highway 6 South": "(address)",
    "12 Elm St": "(address)",
    "PO Box 123": "(address)",
    "P.O. Box 123, Reno NV 89501": "(address)",
    "zip 33101": "zip (address)",
    "I am in Miami, FL 33101": "I am in (address)",
    "vivo en calle Luna 45": "vivo en (address)",
}
NAMES = {
    "my name is maria lopez": "my name is (name)",
    "My name is Maria Lopez and I have back pain": "My name is (name) and I have back pain",
    "my name is thuy nguyen i need help": "my name is (name) i need help",
    "MY NAME IS JOHN SMITH AND I CANT WALK": "MY NAME IS (name) AND I CANT WALK",
    "My name is Will": "My name is (name)",
    "name's Bob": "name's (name)",
    "I'm called Priya Raghunathan": "I'm called (name)",
    "this is John Smith calling about my back": "this is (name) calling about my back",
    "this is thuy calling": "this is (name) calling",
    "I'm Katie, 45, with sciatica": "I'm (name), 45, with sciatica",
    "im katie and my back hurts": "im (name) and my back hurts",
    "Hi I'm Will Brown": "Hi I'm (name)",
    "hi, maria here. my leg is numb": "hi, (name) here. my leg is numb",
    "patient: Gonzalez, Jose Luis": "patient: (name)",
    "patient name - Xochitl Ramirez": "patient name - (name)",
    "Name: Oluwaseun Adeyemi, DOB: 5/3/52": "Name: (name), DOB: (date)",
    "my husband Robert is in pain": "my husband (name) is in pain",
    "appointment for john smith": "appointment for (name)",
    "Dr. Patel did my surgery": "(name) did my surgery",
    "My name is Ana, spelled A-N-A": "My name is (name), spelled (name)",
    "me llamo jose luis ramirez y tengo dolor": "me llamo (name) y tengo dolor",
    "mi nombre es Ana María Pérez": "mi nombre es (name)",
    "soy carmen": "soy (name)",
    "can I walk? Thanks, Maria Lopez": "can I walk? Thanks, (name)",
    "my back hurts. - Bob": "my back hurts. - (name)",
    "thanks maria": "thanks (name)",
    "Sincerely, J. R. Smith": "Sincerely, (name)",
    "gracias, Lupe": "gracias, (name)",
    "when can i drive\nMaria": "when can i drive\n(name)",
}
ACCOUNTS = {
    "@johnsmith72": "(account)",
    "find me, @bob.smith": "find me, (account)",
    "my insta is bob_smith88": "my insta is (account)",
    "facebook.com/john.smith": "(link)",
    "https://www.linkedin.com/in/john-smith": "(link)",
}
KINDS = {
    "emails": EMAILS,
    "phones": PHONES,
    "numbers": NUMBERS,
    "dates": DATES,
    "addresses": ADDRESSES,
    "names": NAMES,
    "accounts": ACCOUNTS,
}
CASES = [(text, expected) for table in KINDS.values() for text, expected in table.items()]
FIGURES = [text for kind in ("emails", "phones", "numbers", "dates") for text in KINDS[kind]]

# What says something about spines, pain, time or feelings, and about nobody.
CLEAN = [
    "How long will I be in the hospital after the surgery?",
    "L4-L5 and L5-S1 disc, C5/6 C6/7 ACDF, T10-T12",
    "24 to 48 hours, 2 1/2 weeks, 6-8 weeks, 10 days",
    "blood pressure 120/80, pain 7/10 since 2019",
    "from 2015-2019 I had 3 surgeries, in 2003 2011 2019",
    "I'm 65, 5'10 and 180 lbs, 5mg/325mg 3x/day, 10 20 30 40 mg",
    "I was born in 1952",
    "call 911 or 988?",
    "fever of 101.5 and 102.3 at 2:30 pm",
    "one or two, three to four weeks, five six days",
    "may 4 people visit me? march 4 miles a day? it was may 4",
    "@ the clinic / at home @home @3pm",
    "look at webmd.com, I looked at webmd dot com",
    "https://www.webmd.com/back-pain/guide",
    "30 minute drive, had 2 ct scans, a 3 hour drive, 2 long way",
    "I'm paralyzed", "I am numb", "this is terrible", "I'm Paralyzed", "I am Numb", "im dying",
    "this is bad", "my name is mud", "my name is not important", "I'm Chinese", "I'm a nurse",
    "call me back", "call me tomorrow", "I'm frank about it", "it's crystal clear",
    "I will need surgery", "soy mayor de edad", "estoy mareada", "me llamo?", "soy diabetica",
    "thanks doc", "thank you so much", "Thanks everyone", "gracias", "Hope this helps, thank you",
    "this is urgent - Help", "pain here", "new patient here", "my husband is numb",
    "doctor said no", "the doctor will see me", "Mayo Clinic", "Parkinson's", "Tommy John surgery",
    "a Jackson Pratt drain", "T10-T11-T12 and L3-L4-L5-S1", "My MRI on March 3, 2021",
    "Henry Ford Hospital",
    "😀🦴", "",
]  # fmt: skip

OWN = ["1-888-409-8006", "(888) 409-8006", "+1 888 409 8006", "8884098006", "1.888.409.8006"]


def check_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(masked(text)) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_identifiers_are_masked(text: str, expected: str) -> None:
    check_masked(text, expected)


@pytest.mark.parametrize("text", FIGURES)
def test_identifiers_are_masked_inside_a_sentence(text: str) -> None:
    kept = masked(f"Hello, {text} is mine.")
    assert kept.startswith("Hello, ") and kept.endswith(" is mine.")
    assert text not in kept


@pytest.mark.parametrize("text", CLEAN)
def test_all_else_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("own", OWN)
def test_the_clinics_number_stays_in_any_spelling(own: str) -> None:
    assert masked(f"is it {own}?") == f"is it {own}?"
    assert masked(f"{own} or 212-736-5000") == f"{own} or (phone)"
    assert masked(f"212-736-5000 or {own}") == f"(phone) or {own}"
    assert masked(f"212-736-5000 {own}") == f"(phone) {own}"


def test_the_clinics_number_is_the_one_of_clinic_yml() -> None:
    assert masked(clinic().phone) == clinic().phone


def test_a_longer_number_that_begins_like_the_clinics_is_masked() -> None:
    assert masked("8884098006123456") == "(number)"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "phones"])
def test_teeth_without_a_finder_its_cases_are_seen(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finders = tuple(find for find in masking.FINDERS if find.__name__ != kind)
    assert len(finders) == len(masking.FINDERS) - 1
    monkeypatch.setattr(masking, "FINDERS", finders)
    unseen = [text for text, expected in KINDS[kind].items() if masked(text) == expected]
    assert len(unseen) < len(KINDS[kind]) / 2


def test_teeth_without_the_phones_their_cases_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "phones", lambda text: ([], []))
    with pytest.raises(AssertionError):
        check_masked("212.736.5000", "(phone)")
    with pytest.raises(AssertionError):
        test_the_clinics_number_stays_in_any_spelling(OWN[0])

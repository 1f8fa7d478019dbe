"""The clinic: the one place in code where its name and number come from (clinic.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from spinechat.project import read_yaml


@dataclass(frozen=True)
class Clinic:
    """A clinic's name and phone number, as patients read them."""

    name: str
    phone: str

    @property
    def variables(self) -> dict[str, str]:
        """What {clinic_name} and {clinic_phone} in domain.yml stand for."""
        return {"clinic_name": self.name, "clinic_phone": self.phone}

    def fill(self, text: str) -> str:
        """Puts the clinic's variables into a text; other braces stay as they are."""
        for name, value in self.variables.items():
            text = text.replace("{" + name + "}", value)
        return text

    @property
    def fixed_sentence(self) -> str:
        """What a patient gets when everything else has failed."""
        return (
            "Sorry, I can't answer right now. In an emergency call 911. "
            f"For all else, please call {self.name} at {self.phone}."
        )


@lru_cache(maxsize=1)
def clinic() -> Clinic:
    """This project's clinic, read once."""
    entry = read_yaml("clinic.yml")
    return Clinic(name=entry["name"], phone=str(entry["phone"]))

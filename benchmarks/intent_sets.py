"""Public intent data sets: where they come from, how they are read, what others reached on them.

They are read from a folder that the caller names; none of them is part of this project, and the
assistant never learns from them.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from spinechat.encoder.weights import sha256_of

# The label of rows that no intent fits.
OUTSIDE = "(out of scope)"
HINT3 = "hellohaptik/HINT3 at 99965c8, v1; ODbL 1.0 and DbCL 1.0"
CLINC = "clinc/oos-eval at 828f809; CC BY 3.0"
BANKING = "PolyAI-LDN/task-specific-datasets at 57ec275; CC BY 4.0"
# HINT3's mark for rows out of scope, and CLINC150's.
_MARKS = ("NO_NODES_DETECTED", "oos")
SHA256 = {
    "banking77/test.csv": "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d",
    "banking77/train.csv": "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b",
    "clinc150/data_full.json": "36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0",
    "hint3/curekart_test.csv": "19173881f51949b81d06f6df2ce4561fdf42b3bfaaafd47410042e99c59d0cfd",
    "hint3/curekart_train.csv": "f5dd24f36db6ee00524a6626200a26855139671c641227dff3adaca0c7ac652a",
    "hint3/powerplay11_test.csv": (
        "1a4bde924f924342f405ebdd468bbfb2955e76f2f63ec14efbf7bccf6b0eb485"
    ),
    "hint3/powerplay11_train.csv": (
        "af230d4aa97e2c01ac378222d3e466b9fddc48c4190bcc30e345e4ca85bf6517"
    ),
    "hint3/sofmattress_test.csv": (
        "8d36c0e5d49225f07b8cf5ee582e0a083479af97cbd612e104099176a9648043"
    ),
    "hint3/sofmattress_train.csv": (
        "0addf4dc4b9df1e71509da5318d5a9f6e9a5d6eb98b9584d55cab3da7badf4b1"
    ),
}
Phrase = tuple[str, str]


class DataUnfit(Exception):
    """A file of the data folder is missing, or is another one than the figures are about."""


@dataclass(frozen=True)
class IntentSet:
    """One data set.

    Attributes:
        name: as in the tables.
        source: where it is to be had, and its licence.
        train: phrases with their labels; OUTSIDE where the set trains on such.
        test: the same, to be scored on.
    """

    name: str
    source: str
    train: list[Phrase]
    test: list[Phrase]


@dataclass(frozen=True)
class Published:
    """What another system reached, in percent; None where it was not published.

    Attributes:
        system: its name.
        plain: in-scope accuracy with no threshold (HINT3: with the threshold 0.1).
        mcc: best Matthews correlation over the published thresholds (-1 to 1).
        in_scope: in-scope accuracy at the threshold of `mcc`, or at the set's own.
        outside: out-of-scope recall at the same threshold.
    """

    system: str
    plain: float | None
    mcc: float | None = None
    in_scope: float | None = None
    outside: float | None = None


# HINT3: the repository's results/*.csv (full training sets), Arora et al. 2020. CLINC150: Larson
# et al. 2019, table 2. BANKING77: Casanueva et al. 2020, table 3, all training data.
PUBLISHED = {
    "sofmattress": (
        Published("Rasa (2020)", 69.3, 0.526, 48.1, 85.5),
        Published("Dialogflow", 73.2, 0.638, 71.9, 64.5),
        Published("LUIS", 59.3, 0.581, 59.3, 75.3),
        Published("Haptik", 72.3, 0.588, 65.4, 66.9),
        Published("BERT", 73.6, 0.617, 63.6, 76.5),
    ),
    "curekart": (
        Published("Rasa (2020)", 84.1, 0.511, 73.9, 55.8),
        Published("Dialogflow", 75.0, 0.578, 57.3, 86.5),
        Published("LUIS", 72.6, 0.539, 50.9, 87.9),
        Published("Haptik", 80.3, 0.603, 60.4, 86.8),
        Published("BERT", 83.6, 0.553, 80.3, 52.3),
    ),
    "powerplay11": (
        Published("Rasa (2020)", 49.1, 0.340, 31.6, 87.3),
        Published("Dialogflow", 59.6, 0.353, 47.6, 67.7),
        Published("LUIS", 48.0, 0.359, 41.5, 72.9),
        Published("Haptik", 66.5, 0.425, 61.5, 61.7),
        Published("BERT", 58.5, 0.347, 43.6, 75.4),
    ),
    "clinc150": (
        Published("BERT, trained on oos", 96.9, None, 96.9, 40.3),
        Published("BERT, threshold", None, None, 96.2, 52.3),
        Published("Rasa (2019)", 91.5, None, 91.5, 45.3),
        Published("Dialogflow", 91.7, None, 91.7, 14.0),
    ),
    "banking77": (
        Published("BERT, tuned", 93.66),
        Published("USE + ConveRT", 93.36),
    ),
}
# What `SETS=` takes, and the sets it stands for.
GROUPS = {
    "hint3": ("sofmattress", "curekart", "powerplay11"),
    "large": ("banking77", "clinc150"),
    **{name: (name,) for name in PUBLISHED},
}


def _checked(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise DataUnfit(f"{path} is missing: see docs/benchmarks.md for where the sets are had.")
    found = sha256_of(path)
    if found != SHA256[name]:
        raise DataUnfit(f"{path} has sha256 {found}, expected {SHA256[name]}.")
    return path


def _label(label: str) -> str:
    return OUTSIDE if label in _MARKS else label


def _csv(path: Path, text: str, label: str) -> list[Phrase]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row[text], _label(row[label])) for row in csv.DictReader(stream)]


def _clinc(path: Path) -> IntentSet:
    parts = json.loads(path.read_text(encoding="utf-8"))
    train, test = (
        [(text, _label(label)) for name in names for text, label in parts[name]]
        for names in (("train", "oos_train"), ("test", "oos_test"))
    )
    return IntentSet("clinc150", CLINC, train, test)


def read(folder: Path, name: str) -> IntentSet:
    """One set.

    Args:
        folder: holds hint3/, clinc150/ and banking77/.
        name: a key of PUBLISHED.

    Raises:
        DataUnfit: a file is missing or is not the one expected.
    """
    if name == "clinc150":
        return _clinc(_checked(folder, "clinc150/data_full.json"))
    if name == "banking77":
        files = [_checked(folder, f"banking77/{part}.csv") for part in ("train", "test")]
        return IntentSet(name, BANKING, *(_csv(file, "text", "category") for file in files))
    files = [_checked(folder, f"hint3/{name}_{part}.csv") for part in ("train", "test")]
    return IntentSet(name, HINT3, *(_csv(file, "sentence", "label") for file in files))

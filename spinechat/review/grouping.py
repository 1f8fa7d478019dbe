"""Groups notes that are about the same, so that staff decide upon many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sklearn.cluster import AgglomerativeClustering

from spinechat.review.phrases import PhraseIndex
from spinechat.storage import OpenNote

# Cosine distance up to which two groups become one; found by eye on the dev half's messages.
DISTANCE = 0.4


def grouped(notes: Sequence[OpenNote], index: PhraseIndex) -> list[list[OpenNote]]:
    """Groups of like notes, the largest first; in a group, oldest first."""
    if len(notes) < 2:
        return [list(notes)] if notes else []
    machine = AgglomerativeClustering(
        n_clusters=None, distance_threshold=DISTANCE, affinity="cosine", linkage="average"
    )
    members: dict[int, list[OpenNote]] = defaultdict(list)
    labels = machine.fit_predict(index.vectors_of([one.note.text for one in notes]))
    for one, label in zip(notes, labels, strict=True):
        members[int(label)].append(one)
    return sorted(members.values(), key=lambda group: (-len(group), group[0].number))

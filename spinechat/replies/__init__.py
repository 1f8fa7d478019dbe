"""The response generator: from topics and context to one reply (nlg in endpoints.yml).

generator.py     Rasa's door: which reply is asked for
alarms.py        the alarm that was said, and what is said while it stands
book.py          the texts of domain.yml
conversation.py  what the tracker remembers: topic, last reply, misses
compose.py       several answers in one reply; safety first
followups.py     replies that make sense only after a topic
misses.py        what to say when a message was not understood
terms.py         conditions and procedures the patient named
reply.py         a reply and its outcome
"""

from spinechat.replies.generator import ResponseGenerator

__all__ = ["ResponseGenerator"]

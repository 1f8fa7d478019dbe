"""SpineChat: answers patients' questions about minimally invasive spine surgery.

The rooms:
    nlu/        Rasa graph components: from a message to topics
    encoder/    the sentence encoder's weights, graph and tokenizer
    redflags/   the safety screen on raw text
    replies/    the response generator: from topics to one reply
    channels/   how messages come in and replies go out
    storage/    where conversations are kept
    policies/   Rasa's RulePolicy, with an index
    privacy/    masking of identifiers
    evaluation/ how good it is: scores, baselines, pictures
"""

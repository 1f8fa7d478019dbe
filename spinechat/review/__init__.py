"""For the people who run the assistant: look into one message, learn from what it missed.

explain.py       all that was understood in one message, and why (`spinechat ask`)
phrases.py       the training phrases nearest to a message
grouping.py      notes that are about the same
additions.py     one more phrase in data/nlu.yml
access.py        who may use the page
server.py        the page (`spinechat review`), from pages/
"""

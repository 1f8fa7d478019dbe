"""How messages come in and replies go out.

gate.py       what every message passes: screen, limits, masking, time limit, never silence
website.py    HTTP for the chat on the clinic's website
sessions.py   signed session ids
rate_limit.py messages a minute from one address
output.py     collects a turn's replies
openapi.yml   what the website's HTTP looks like
pages/        a plain page to try it
"""

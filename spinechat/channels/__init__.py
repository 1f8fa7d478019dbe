"""How messages come in and replies go out.

gate.py       what every message passes: screen, limits, masking, time limit, never silence
website.py    HTTP for the chat on the clinic's website
sessions.py   signed session ids
rate_limit.py messages a minute from one address or sender
output.py     collects a turn's replies
openapi.yml   what the website's HTTP looks like
pages/        a plain page to try it

The messaging channels (docs/channels.md):

messaging.py    their routes
post_office.py  accepts messages, has them answered, sends the answers
inbox.py        where messages wait; letters.py says what a stored one holds
sender.py       makes the vendors' calls
base.py         what a channel is: authenticate, parse, render, send
twilio.py, twilio_voice.py, meta.py, telegram.py, slack.py
rendering.py    text, numbers and numbered choices; choices.py reads a typed choice
consent.py      STOP, START and HELP; texts.yml what is said beside domain.yml
options.py      their settings; listing.py prints their state
"""

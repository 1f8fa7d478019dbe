"""`make soak`: thousands of hostile requests to one server, which must bear them all.

soak.py       a whole soak
wire.py       one request, byte by byte as it is written here, and its response
ledger.py     holds each response against what a patient may expect
table.py      the table of bad input that breaks Rasa's own channels
routes.py     Rasa's own routes, none of which may be there
generated.py  requests by Hypothesis
schema.py     requests by schemathesis, from the OpenAPI document
report.py     docs/soak.md
"""

"""The report: one HTML file that shows how good the assistant is (`make report`).

measured.py    what the present model does on the dev half of the test messages
scope.py       how many in-scope messages are answered at which price out of scope
coverage.py    which part of the article is used by which answer
history.py     the figures of the models before this one
stored.py      results of other runs: the test half, safety, speed
contents.py    all of it as tables and pictures for report.html

The file asks nothing of any server: its pictures are part of it.
"""

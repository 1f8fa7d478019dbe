"""How the server is started and kept running.

served.py       `spinechat model`: which model is served
launcher.py     `spinechat run`: model, port, database, signals
supervisor.py   starts a server again that died or hangs
child.py        one `rasa run` as a process of its own
model_copy.py   the private copy of the model that it reads
"""

"""`make faults`: what goes wrong in a clinic's computer room, tried on a server that really runs.

trial.py      one fault: patients chat, it happens, it ends, everything is counted
site.py       what runs: launcher and server, PostgreSQL, Redis, a small disk
processes.py  the server and the launcher are killed, or hang
stores.py     PostgreSQL and Redis are stopped, frozen, started again
disk.py       the disk is full
models.py     the model is missing, damaged, swapped
effects.py    an action fails or hangs
clock.py      the clock is wrong, or jumps
clients.py    open sockets, slow clients, half-sent bodies
report.py     docs/faults.md
"""

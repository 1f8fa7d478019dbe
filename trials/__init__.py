"""What is tried on servers that really run: faults, hostile input.

faults/        `make faults`: what goes wrong in a computer room
soak/          `make soak`: hostile requests
launched.py    `spinechat run` in a project folder of its own
patients.py    patients who chat meanwhile, and what they saw
services.py    PostgreSQL and Redis that can be stopped, frozen and started again
documents.py   how results are written into docs/
"""

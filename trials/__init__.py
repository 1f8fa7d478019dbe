"""What is tried on servers that really run: faults, hostile input.

services.py   PostgreSQL and Redis that can be stopped, frozen and started again
"""

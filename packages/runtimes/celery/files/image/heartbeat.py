"""Exits with 0 while the main loop of this role turns, else with 1. start.py says how it shows that."""

import os
import time

try:
    age = time.time() - os.stat("/tmp/celery-heartbeat").st_mtime
except OSError:
    os._exit(1)
os._exit(0 if age < 60 else 1)

"""Starts a Celery app in one of its roles: the arguments are the app, e.g. app.worker:app, and `worker` or `beat`."""

import os
import pathlib
import signal
import sys

target, role, *arguments = sys.argv[1:]
sys.path[0] = os.getcwd()
# The kernel ignores SIGTERM for the first process of a container unless it has a handler. Celery's own come when the app is loaded.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))

from celery import signals  # noqa: E402
from celery.app.utils import find_app  # noqa: E402
from celery.bin.celery import main  # noqa: E402

heartbeat = pathlib.Path("/tmp/celery-heartbeat")
app = find_app(target)


# The worker's main loop sends a heartbeat every two seconds while it has its broker. Its time is what health.py looks at.
@signals.worker_ready.connect(weak=False)
@signals.heartbeat_sent.connect(weak=False)
def worker_beats(**_):
    heartbeat.touch()


@signals.beat_init.connect(weak=False)
def beat_starts(sender, **_):
    scheduler = sender.scheduler
    tick = scheduler.tick

    def beating_tick(*args, **kwargs):
        heartbeat.touch()
        return tick(*args, **kwargs)

    scheduler.tick = beating_tick


# Celery knows fewer levels than the services of other languages.
levels = {"trace": "debug", "warn": "warning", "silent": "fatal"}
level = os.environ.get("LOG_LEVEL", "info").lower()
options = ["--loglevel", levels.get(level, level)]
if role == "beat":
    if app.conf.beat_schedule_filename == "celerybeat-schedule":
        options += ["--schedule", "/var/lib/celery/schedule"]
    if not app.conf.beat_max_loop_interval:
        # Five minutes otherwise: too long to tell whether it still lives.
        options += ["--max-interval", "20"]
sys.argv = ["celery", "--quiet", "--app", target, role, *options, *arguments]
sys.exit(main())

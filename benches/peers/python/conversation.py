"""One JSON object a line: a greeting, then an answer to each line that comes in. See ../README.md."""

import json
import os
import sys


def on_one_core():
    """XLA starts a thread for each core that it may use, whatever its flags say."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def converse(greeting, answer):
    on_one_core()
    # What libraries print must not look like an answer.
    out, sys.stdout = sys.stdout, sys.stderr
    state = None
    print(json.dumps(greeting), file=out, flush=True)
    for line in sys.stdin:
        try:
            reply, state = answer(line, state)
        except Exception as error:
            reply = {"failure": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(reply), file=out, flush=True)

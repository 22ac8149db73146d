"""Runs a program on a terminal of its own: script in as JSON on standard input, what the terminal got out.

The script: argv, env, cwd, rows, columns, and steps, each [text to wait for, text to type].
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 30
script = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    size = struct.pack("HHHH", script["rows"], script["columns"], 0, 0)
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    # Ctrl-C is a key like any other here, also in tests that run in the background, where it is ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(script["cwd"])
    try:
        os.execvpe(script["argv"][0], script["argv"], script["env"])
    finally:
        os._exit(127)

seen = b""
searched = 0
steps = script["steps"]
deadline = time.monotonic() + PATIENCE
while True:
    left = deadline - time.monotonic()
    if left <= 0 or not select.select([terminal], [], [], left)[0]:
        sys.stdout.buffer.write(seen)
        sys.exit("the program is still running; steps left: %r" % steps)
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    while steps:
        wanted = steps[0][0].encode()
        at = seen.find(wanted, searched)
        if at < 0:
            break
        searched = at + len(wanted)
        os.write(terminal, steps.pop(0)[1].encode())

status = os.waitpid(child, 0)[1]
sys.stdout.buffer.write(seen)
sys.stdout.flush()
if steps:
    sys.exit("the program ended early; steps left: %r" % steps)
os._exit(os.waitstatus_to_exitcode(status) % 256 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))

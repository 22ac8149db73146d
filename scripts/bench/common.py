"""What every table of scripts/bench/measure is made with: programs run and timed, servers, and the rows that are printed."""

import contextlib
import http.server
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

TARGET = os.path.abspath(os.environ.get("CARGO_TARGET_DIR", "target"))
ALTER = f"{TARGET}/release/alter"
PORTAL = f"{TARGET}/release/alter-portal"
GLIBC = f"{TARGET}/static/x86_64-unknown-linux-gnu/release/alter"
MUSL = f"{TARGET}/static/x86_64-unknown-linux-musl/release/alter"


@contextlib.contextmanager
def portal(*flags):
    """A portal of its own: where it is, and a PAT that may do everything."""
    command = [PORTAL, "--listen", "127.0.0.1:0", "--quiet", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(process.stdout.readline())
        yield ready["base_url"], ready["pat"]
    finally:
        ended = process.poll()
        process.kill()
        process.wait()
        if ended is not None:
            print(f"measure: the portal ended by itself, with {ended}", file=sys.stderr)


def environment(home, base_url, pat):
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "ALTER_BASE_URL": base_url,
        "ALTER_PAT": pat,
        "GH_TOKEN": "unused",
        "GH_NO_UPDATE_NOTIFIER": "1",
    }


def run(command, env):
    """Runs a command without its output; the seconds it took."""
    null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    path = shutil.which(command[0])
    before = time.perf_counter()
    child = os.posix_spawn(path, command, env, file_actions=null)
    _, status = os.waitpid(child, 0)
    took = time.perf_counter() - before
    if status:
        sys.exit(f"measure: {' '.join(command[:2])} failed")
    return took


def interleaved(commands, runs, measure):
    """The median of many runs of each command, taken in turns and in another order each time."""
    taken = {name: [] for name in commands}
    for _ in range(runs):
        for name in random.sample(list(commands), len(commands)):
            taken[name].append(measure(commands[name]))
    return {name: statistics.median(values) for name, values in taken.items()}


def peak(command, env, file):
    """The most memory that a command held, in MB. A small program starts it, so that nothing else is counted."""
    run(["/usr/bin/time", "-f", "%M", "-o", file, *command], env)
    return read_peaks(file)


def read_peaks(*files):
    return sum(int(open(file).read().split()[-1]) for file in files) / 1024


def size(path, libraries=False):
    """Megabytes of a program, or of the program and the shared libraries it is started with."""
    files = {os.path.realpath(path)}
    if libraries:
        listed = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
        files |= {os.path.realpath(word) for word in listed.split() if word.startswith("/")}
    return sum(map(os.path.getsize, files)) / 1e6


def table(rows):
    """Prints rows of text as columns, the first one to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:]))]
        print("  ".join(cells).rstrip())


def ratio(value, of):
    return f"{value / of:.2f}x"


def run_any(command, env):
    """The seconds a command takes, however it ends."""
    before = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - before


def version(*command):
    text = subprocess.run(command, capture_output=True, text=True).stdout
    return re.search(r"\d+\.\d+(\.\d+)?", text)[0]


def commit(binary):
    """What a build of alter was made from; nothing when there is no such build."""
    if not os.path.exists(binary):
        return None
    return re.search(r"\((\w+),", subprocess.run([binary, "--version"], capture_output=True, text=True).stdout)[1]


class Portal(http.server.BaseHTTPRequestHandler):
    """Answers every request with the same bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def answering(status, body):
    """A portal that sends these bytes whatever it is asked; where it is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.answer = status, body
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def limit(what, value, bound, unit, least=False):
    kept = value >= bound if least else value <= bound
    print(f"{what}: {value:.4g}{unit}, at {'least' if least else 'most'} {bound}{unit}: {'kept' if kept else 'MISSED'}")

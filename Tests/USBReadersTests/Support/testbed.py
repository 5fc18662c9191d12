"""A USB tree of umockdev for one run of a program. To be started by umockdev-wrapper.

Arguments: the program and its arguments. Standard input: one JSON command a line; {"tell": text} goes to the program's
standard input. Standard output: what the program prints, and what happened on this side as {"bench": text} lines.
"""
import ctypes
import errno
import json
import os
import subprocess
import sys
import threading

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

testbed = UMockdev.Testbed.new()
root = testbed.get_root_dir()
turn = threading.Lock()
handlers = []
# linux/usbdevice_fs.h: the number in the request's low byte.
NAMES = {0x0F: "claim", 0x10: "release", 0x14: "reset", 0x1A: "capabilities", 0x08: "driver"}
REAP = (0x0C, 0x0D)


def say(line):
    with turn:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def bench(text):
    say(json.dumps({"bench": text}))


def attach(node, reset):
    """Answers the node's ioctls by itself and tells each; `reset` is the errno of a reset, 0 for success."""

    def handle(_, client):
        number = client.get_request() & 0xFF
        if number in REAP:  # No transfer is under way.
            client.complete(-1, errno.EAGAIN)
            return True
        # Told before it is answered, so that the line stands before the program's own.
        bench(NAMES.get(number, hex(number)))
        failed = reset if number == 0x14 else 0
        client.complete(-1 if failed else 0, failed)
        return True

    handler = UMockdev.IoctlBase()
    handler.connect("handle-ioctl", handle)
    handlers.append(handler)
    testbed.attach_ioctl(node, handler)


def leave_capability():
    # Root opens every file; without this capability a file's permissions hold for it, too.
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if libc.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
                raise OSError(ctypes.get_errno(), "PR_CAPBSET_DROP")


def run(command):
    kind, value = next(iter(command.items()))
    if kind == "add":
        testbed.add_from_string(value)
    elif kind == "remove":
        for path in value:
            testbed.uevent(path, "remove")
        for path in value:
            testbed.remove_device(path)
    elif kind == "mode":
        os.chmod(root + value[0], value[1])
    elif kind == "ioctl":
        attach(value[0], getattr(errno, value[1]) if value[1] else 0)
    elif kind == "start":
        start()
    elif kind == "tell":
        program.stdin.write(value + "\n")
        program.stdin.flush()
    else:
        raise ValueError(kind)
    bench("did " + kind)


def copy(stream):
    for line in stream:
        say(line.rstrip("\n"))


def start():
    global program
    environment = dict(os.environ, UMOCKDEV_DIR=root)
    program = subprocess.Popen(
        sys.argv[1:], env=environment, text=True, preexec_fn=leave_capability,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    threading.Thread(target=copy, args=(program.stdout,), daemon=True).start()


program = None
for request in sys.stdin:
    run(json.loads(request))
if program:
    program.stdin.close()
    bench("ended %d" % program.wait())

"""The reader of one keyboard scanner, a process of its own that does nothing but read.

The kernel keeps only a dozen unread keys per device; a process that also draws labels can be late for them.
This one opens the path, grabs the device so that no scan is ever typing, says "ready" on standard error, and
copies raw event records to standard output. It ends when the device goes (exit code 3) or when its standard
input closes (0). Only the standard library, and no import of this package, so that it starts in a few
milliseconds.
"""

import errno
import fcntl
import os
import select
import stat
import sys

EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int), Linux `include/uapi/linux/input.h`."""

RECORDS_BYTES = 24 * 64
EXIT_STOPPED = 0
EXIT_USAGE = 2
EXIT_GONE = 3
EXIT_GRABBED = 4
EXIT_NOT_OPENED = 5
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Read the device named by the only argument until it or the parent goes."""
    if len(arguments) != 1:
        _say("usage: hid_reader PATH")
        return EXIT_USAGE
    try:
        device = os.open(arguments[0], os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        _say(error.strerror)
        return EXIT_NOT_OPENED
    if stat.S_ISCHR(os.fstat(device).st_mode):
        try:
            fcntl.ioctl(device, EVIOCGRAB, 1)
        except OSError as error:
            _say("another program holds it" if error.errno == errno.EBUSY else error.strerror)
            return EXIT_GRABBED
    _say("ready")
    return _copy(device)


def _copy(device: int) -> int:
    poll = select.poll()
    poll.register(_STDIN, select.POLLIN)
    poll.register(device, select.POLLIN)
    while True:
        events = dict(poll.poll())
        if device in events:
            try:
                data = os.read(device, RECORDS_BYTES)
            except BlockingIOError:
                data = b""
                if events[device] & select.POLLIN:
                    continue
            except OSError:
                return EXIT_GONE
            if not data:
                return EXIT_GONE
            if not _pass_on(data):
                return EXIT_STOPPED
        elif _STDIN in events:
            return EXIT_STOPPED


def _pass_on(data: bytes) -> bool:
    try:
        while data:
            data = data[os.write(_STDOUT, data) :]
    except BrokenPipeError:
        return False
    return True


def _say(words: str | None) -> None:
    os.write(_STDERR, f"{words}\n".encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

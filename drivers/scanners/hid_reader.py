"""The reader of one keyboard scanner, a process of its own that does nothing but read.

The kernel keeps only a dozen unread keys per device; a process that also draws labels can be late for them.
This one opens the paths (a scanner may show several event nodes), grabs each so that no scan is ever typing, says
"ready" on standard error, and copies raw event records to standard output, each piece behind a head that says from
which path and how many bytes. It ends when one of them goes (exit code 3) or when its standard input closes (0).
Only the standard library, and no import of this package, so that it starts in a few milliseconds.
"""

import errno
import fcntl
import os
import select
import stat
import struct
import sys

EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int), Linux `include/uapi/linux/input.h`."""

HEAD = struct.Struct("=HH")
"""Which path (from 0), and how many bytes follow."""

RECORDS_BYTES = 24 * 64
EXIT_STOPPED = 0
EXIT_USAGE = 2
EXIT_GONE = 3
EXIT_GRABBED = 4
EXIT_NOT_OPENED = 5
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def main(paths: list[str]) -> int:
    """Read the devices named by the arguments until one of them or the parent goes."""
    if not paths:
        _say("usage: hid_reader PATH...")
        return EXIT_USAGE
    devices: dict[int, int] = {}
    for number, path in enumerate(paths):
        try:
            device = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            _say(error.strerror)
            return EXIT_NOT_OPENED
        if stat.S_ISCHR(os.fstat(device).st_mode):
            try:
                fcntl.ioctl(device, EVIOCGRAB, 1)
            except OSError as error:
                _say("another program holds it" if error.errno == errno.EBUSY else error.strerror)
                return EXIT_GRABBED
        devices[device] = number
    _say("ready")
    return _copy(devices)


def _copy(devices: dict[int, int]) -> int:
    poll = select.poll()
    poll.register(_STDIN, select.POLLIN)
    for device in devices:
        poll.register(device, select.POLLIN)
    while True:
        events = dict(poll.poll())
        for device, number in devices.items():
            if device in events:
                code = _copy_some(device, number, is_readable=bool(events[device] & select.POLLIN))
                if code is not None:
                    return code
        if _STDIN in events and len(events) == 1:
            return EXIT_STOPPED


def _copy_some(device: int, number: int, *, is_readable: bool) -> int | None:
    """Pass on what one device has; its exit code when it is gone or nobody listens."""
    try:
        data = os.read(device, RECORDS_BYTES)
    except BlockingIOError:
        return None if is_readable else EXIT_GONE
    except OSError:
        return EXIT_GONE
    if not data:
        return EXIT_GONE
    return None if _pass_on(HEAD.pack(number, len(data)) + data) else EXIT_STOPPED


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

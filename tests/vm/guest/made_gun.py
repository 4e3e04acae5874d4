"""A keyboard made by the kernel itself (uinput): there while this runs, types each line put into a FIFO. In the guest.

Layouts: Linux `include/uapi/linux/uinput.h` (UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP, UI_DEV_CREATE)
and `include/uapi/linux/input.h` (struct input_event, 64-bit); key codes: `input-event-codes.h`.
"""

import fcntl
import os
import struct
import sys
import time

UI_DEV_CREATE = 0x5501
UI_DEV_SETUP = 0x405C5503  # _IOW('U', 3, struct uinput_setup): 92 bytes
UI_SET_EVBIT, UI_SET_KEYBIT = 0x40045564, 0x40045565
EV_SYN, EV_KEY = 0, 1
BUS_USB = 3
VENDOR = 0x1209
KEY_W, KEY_ENTER, KEY_LEFTCTRL, KEY_LEFTSHIFT = 17, 28, 29, 42
KEYS_MAX = 128
ROWS = {2: "1234567890", 16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm"}
KEYS = {character: first + n for first, row in ROWS.items() for n, character in enumerate(row)}
KEYS |= {"-": 12, "]": 27, "\x1d": 66}  # KEY_MINUS, KEY_RIGHTBRACE, and KEY_F8 for the separator of GS1
CLOSE = "\x17"  # Ctrl+W, which closes a page
INTERVAL_S = 0.004
RECORD = struct.Struct("=qqHHi")


def main(fifo: str, product: int) -> None:
    """Be plugged in until somebody ends this."""
    device = os.open("/dev/uinput", os.O_WRONLY)
    for kind in (EV_SYN, EV_KEY):
        fcntl.ioctl(device, UI_SET_EVBIT, kind)
    for key in range(1, KEYS_MAX):
        fcntl.ioctl(device, UI_SET_KEYBIT, key)
    identity = struct.pack("HHHH80sI", BUS_USB, VENDOR, product, 1, b"Made keyboard", 0)
    fcntl.ioctl(device, UI_DEV_SETUP, identity)
    fcntl.ioctl(device, UI_DEV_CREATE)
    os.mkfifo(fifo)
    with os.fdopen(
        os.open(fifo, os.O_RDWR)
    ) as lines:  # both ends, so that it does not end with whoever wrote
        for line in lines:
            for character in line.rstrip("\n"):
                type_character(device, character)
            stroke(device, KEY_ENTER)


def type_character(device: int, character: str) -> None:
    """Press and release the key of a character, with Shift for a capital."""
    if character == CLOSE:
        held, key = KEY_LEFTCTRL, KEY_W
    else:
        held, key = (KEY_LEFTSHIFT if character.isupper() else 0), KEYS[character.lower()]
    if held:
        edge(device, held, 1)
    stroke(device, key)
    if held:
        edge(device, held, 0)


def stroke(device: int, key: int) -> None:
    """Press and release one key."""
    edge(device, key, 1)
    edge(device, key, 0)


def edge(device: int, key: int, value: int) -> None:
    """Press (1) or release (0) one key."""
    os.write(device, RECORD.pack(0, 0, EV_KEY, key, value) + RECORD.pack(0, 0, EV_SYN, 0, 0))
    time.sleep(INTERVAL_S)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2], 16))

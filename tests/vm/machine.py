"""A kiosk's computer: a whole PC in software, with sockets to plug into, a power switch, and a way to look inside.

The processor is emulated too (TCG), so nothing of the host is needed but time. What the guest may reach is its printer;
restricted user networking keeps it from everything else.
"""

from __future__ import annotations

import base64
import contextlib
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.vm.image import Image
from tests.vm.monitor import Monitor, MonitorError

MEMORY_MB = 2048
SCREEN = (1280, 800)
BOOT_TIMEOUT_S = 300.0
RUN_TIMEOUT_S = 300.0
LOOK_EVERY_S = 0.2
PRINTER_ADDRESS = "10.0.2.100:9100"
"""Where the guest finds its printer: an address of the emulator's own network (QEMU, `guestfwd`)."""


class GuestError(RuntimeError):
    """A command in the guest failed: what it was, its exit code and what it wrote."""


class Machine:
    """The PC with its disk, which stays when the power goes."""

    def __init__(self, image: Image, folder: Path, *, printer_port: int, stick: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._image = image
        self._printer_port = printer_port
        self._stick = stick
        self.disk = folder / "disk.qcow2"
        # The address of a socket has room for a hundred characters, a build folder may have more
        self.sockets = Path(tempfile.mkdtemp(prefix="noac-vm-"))
        self.seen = folder / "seen.log"
        """What the guest writes to its second serial port."""

        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: Monitor | None = None
        self._agent: Monitor | None = None

    def make_disk(self) -> None:
        """Take a new disk: everything written goes beside the image."""
        self.disk.unlink(missing_ok=True)
        command = [
            "qemu-img",
            "create",
            "-q",
            "-f",
            "qcow2",
            "-F",
            "raw",
            "-b",
            str(self._image.disk.resolve()),
        ]
        subprocess.run([*command, str(self.disk)], check=True, timeout=60)

    def power_on(self) -> float:
        """Press the switch; returns after how many seconds somebody in the guest answers."""
        begun = time.monotonic()
        for name in self.sockets.iterdir():
            name.unlink()
        with (self.folder / "qemu.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._monitor = self._connected("monitor")
        self._monitor.ask("qmp_capabilities")
        self._agent = self._connected("agent")
        self._await_guest()
        return time.monotonic() - begun

    def cut_power(self) -> None:
        """Pull the plug: what the guest had not asked its disk to keep may be gone."""
        self._close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def reset(self) -> float:
        """Press the reset button; returns after how many seconds somebody in the guest answers."""
        begun = time.monotonic()
        before = self.run("cat /proc/sys/kernel/random/boot_id")
        self.monitor.ask("system_reset")
        self._await_guest()
        assert self.run("cat /proc/sys/kernel/random/boot_id") != before, "it went on as it was"
        return time.monotonic() - begun

    @property
    def monitor(self) -> Monitor:
        """The emulator's monitor."""
        assert self._monitor is not None, "the machine is off"
        return self._monitor

    def run(self, script: str, timeout_s: float = RUN_TIMEOUT_S) -> str:
        """Return what a shell script, run by root in the guest, writes. Raises GuestError, TimeoutError."""
        code, out = self._executed(script, timeout_s)
        if code:
            raise GuestError(f"exit code {code}: {script}\n{out[-3000:]}")
        return out

    def has(self, script: str, timeout_s: float = RUN_TIMEOUT_S) -> bool:
        """Tell whether a shell script in the guest succeeds."""
        return self._executed(script, timeout_s)[0] == 0

    def write(self, path: str, content: str) -> None:
        """Write a file in the guest."""
        encoded = base64.b64encode(content.encode()).decode()
        self.run(f"echo {encoded} | base64 -d > {shlex.quote(path)}")

    def read(self, path: str) -> bytes:
        """Return a file of the guest."""
        return base64.b64decode(self.run(f"base64 -w0 {shlex.quote(path)}"))

    def plug(self, name: str, driver: str, socket: int, **properties: Any) -> None:
        """Put a USB device into one of the machine's sockets; properties as QEMU names them."""
        self.monitor.ask("device_add", driver=driver, id=name, bus="usb.0", port=str(socket), **properties)

    def unplug(self, name: str) -> None:
        """Pull a USB device out; it is out when this returns."""
        self.monitor.events.clear()
        self.monitor.ask("device_del", id=name)
        self.monitor.await_event("DEVICE_DELETED", device=name)

    def _executed(self, script: str, timeout_s: float) -> tuple[int, str]:
        assert self._agent is not None, "the machine is off"
        deadline = time.monotonic() + timeout_s
        arguments = ["-c", f"exec 2>&1\n{script}"]
        started = self._agent.ask("guest-exec", path="/bin/sh", arg=arguments, capture_output=True)
        while True:
            state = self._agent.ask("guest-exec-status", pid=started["pid"])
            if state["exited"]:
                out = base64.b64decode(state.get("out-data", "")).decode(errors="replace")
                return int(state.get("exitcode", -1)), out
            if time.monotonic() > deadline:
                raise TimeoutError(f"not done within {timeout_s} s in the guest: {script}")
            time.sleep(LOOK_EVERY_S)

    def _connected(self, name: str) -> Monitor:
        deadline = time.monotonic() + 30
        while True:
            try:
                return Monitor(self.sockets / name)
            except OSError:
                if not self.is_on or time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_EVERY_S)

    @property
    def is_on(self) -> bool:
        """Tell whether the emulator runs."""
        return self._process is not None and self._process.poll() is None

    def _await_guest(self) -> None:
        assert self._agent is not None
        deadline = time.monotonic() + BOOT_TIMEOUT_S
        number = 0
        while True:
            number += 1
            self._agent.tell({"execute": "guest-sync", "arguments": {"id": number}})
            try:
                while self._agent.hear(time.monotonic() + 3).get("return") != number:
                    continue
            except TimeoutError:
                if not self.is_on or time.monotonic() > deadline:
                    raise
            else:
                return

    def _command(self) -> Sequence[str]:
        width, height = SCREEN
        disk = f"file={self.disk},if=none,id=disk,format=qcow2,discard=unmap"
        stick = f"file={self._stick},if=none,id=stick,format=raw,readonly=on"
        printer = f"guestfwd=tcp:{PRINTER_ADDRESS}-cmd:socat STDIO TCP:127.0.0.1:{self._printer_port}"
        return [
            *("nice", "-n", "10", "qemu-system-x86_64"),
            *("-machine", "q35,i8042=off", "-accel", "tcg", "-cpu", "Nehalem", "-smp", "1"),
            *("-m", str(MEMORY_MB), "-nodefaults", "-display", "none", "-no-user-config"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd)),
            *("-append", "root=/dev/vda console=tty0 console=ttyS0 quiet no_timer_check"),
            *("-drive", disk, "-device", "virtio-blk-pci,drive=disk"),
            *("-device", f"virtio-vga,xres={width},yres={height}"),
            *("-device", "virtio-rng-pci"),
            *("-netdev", f"user,id=net,restrict=on,{printer}", "-device", "virtio-net-pci,netdev=net"),
            *("-device", "qemu-xhci,id=usb,p2=8,p3=8"),
            *("-drive", stick, "-device", "usb-storage,bus=usb.0,port=8,drive=stick,removable=on"),
            *("-serial", f"file:{self.folder / 'console.log'}", "-serial", f"file:{self.seen}"),
            *("-qmp", f"unix:{self.sockets / 'monitor'},server=on,wait=off"),
            *("-chardev", f"socket,id=agent,path={self.sockets / 'agent'},server=on,wait=off"),
            *(
                "-device",
                "virtio-serial-pci",
                "-device",
                "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
            ),
        ]

    def _close(self) -> None:
        for one in (self._monitor, self._agent):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.close()
        self._monitor = self._agent = None

    def switch_off(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(MonitorError, OSError, TimeoutError, AssertionError):
            self.monitor.tell({"execute": "quit"})
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.cut_power()
        shutil.rmtree(self.sockets, ignore_errors=True)

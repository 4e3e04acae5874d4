"""Honeywell: Xenon, Voyager and others that take menu commands.

What a code holds: `~`, a menu command, a full stop that keeps it, then FNC3, in Code 128. So say two sources that know
nothing of each other: the README of github.com/Arakis/barcoder (`~AOSCGD1.{FNC3}`), and accuratedata.com, "Can't
default Honeywell Xenon or Voyager scanner" (`~DEFALT.` and FNC3). The full stop: N3680 Decoded Engine User Guide, "Menu
Command Syntax" (page 144), Storage.

VSUFCR adds a carriage return behind every symbology: as lists of the N36XX's commands have it. The command for the
keyboard's country is not among these codes: what its code holds is nowhere said exactly. No scanner was at hand.
"""

from domain.scanner_doctor import FindingKind
from domain.scanner_setup import ScannerFamily, SetupCode

FAMILY = ScannerFamily(
    maker="Honeywell",
    codes=(SetupCode(name="enter", mends=FindingKind.NO_TERMINATOR, content="~VSUFCR."),),
)

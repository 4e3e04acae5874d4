"""Lamps, and what is said aloud of an answer."""

WORDS = {
    "frame.lamp": "Lamp",
    "device.lamp.ready": "Ready",
    "device.lamp.lost": "Unplugged",
    "device.lamp.searching": "Looking for it",
    "device.lamp.error": "Failed",
    "verdict.stored": "Stored",
    "verdict.look": "Look at the screen",
    "verdict.refused": "Refused",
    "verdict.fault": "Fault. Not stored",
    "button.volume": "Volume {volume} %",
    "said.volume": "This loud: {volume} %",
}

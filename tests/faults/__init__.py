"""Benches with real parts: a disk that forgets, a network that lies, processes that are killed, clocks that jump."""

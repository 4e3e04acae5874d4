"""The kinds of lamp, one module each; see `drivers.lamp`."""

"""The symbologies a label can carry; each module shows its value as `SYMBOLOGY`."""

"""The kinds of element a label is made of; each module shows its class as `ELEMENT`."""

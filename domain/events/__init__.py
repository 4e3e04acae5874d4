"""The facts of the floor, one file per subject; a class here is an event on the wire."""

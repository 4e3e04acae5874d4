"""The questions, one file each, with `QUESTION` (`hub.question`)."""

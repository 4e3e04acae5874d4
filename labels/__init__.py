"""What a label looks like, in millimetres and dots."""

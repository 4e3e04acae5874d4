"""What can be asked of the projections: one file per subject, used by the API, the pages and the board alike."""

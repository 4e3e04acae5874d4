"""Updates: a release is installed beside the one that works, tried, and taken back by itself where it fails."""

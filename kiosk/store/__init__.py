"""The kiosk's one file: log, session, stock picture, reference data and print queue."""

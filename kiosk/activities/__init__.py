"""One file for each thing a person does at a kiosk. The folder is the registry; a file's name is `State.at`."""

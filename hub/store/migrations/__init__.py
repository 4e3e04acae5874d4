"""Steps from one shape of the database to the next, one file each. `hub.store.migration` reads the folder."""

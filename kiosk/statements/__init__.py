"""What people say at a station besides their work, one module each: `kiosk/statement.py` is the contract."""

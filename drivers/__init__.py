"""Hardware of the kiosk: scanners and label printers, bytes in and bytes out."""

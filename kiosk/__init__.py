"""The kiosk: scanners in, one loop that decides, one page that shows. Works without the hub."""

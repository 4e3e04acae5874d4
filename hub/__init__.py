"""The plant's hub: it keeps every kiosk's facts and shows them."""

"""Comanda's Flask server: telephony, the website's voice button, the operator's pages."""

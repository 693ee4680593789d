"""Probing a live agent: the script of a scripted client, and the exchange as transcripts. No network here."""

"""Triage: what is proposed, sealed and taken out."""

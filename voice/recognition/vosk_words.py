"""Words that a graph gives out and that are no text."""

PART = "~"
"""Belongs to the word before: the shop's word was heard as several of the model's"""

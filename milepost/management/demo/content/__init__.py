"""Morrowmill, a bakery that does not exist: who works there, what they promised each other, and how it went."""

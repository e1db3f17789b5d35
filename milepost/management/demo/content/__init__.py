"""Morrowmill, a bakery that does not exist: who works there, what they promised, and how it went."""

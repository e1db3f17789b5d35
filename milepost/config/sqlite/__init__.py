"""Django's SQLite with a queue in front of its one writer, and files for their owner's eyes alone."""

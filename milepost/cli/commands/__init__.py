"""Commands that ask a server: one a file, each with its help, its examples, its arguments, and `run`."""

"""The door for programs: what a page can do, as JSON under /api/v1/. A token says who and where."""

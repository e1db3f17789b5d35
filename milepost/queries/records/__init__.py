"""Records: things as programs read them, one noun a file. Ids are text, exact numbers are text.

Everything here is made for a `Reader`, so nothing leaves that its reader may not see. What the image holds
comes from there; what only the tables hold is read once for a whole slice.
"""

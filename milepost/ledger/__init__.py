"""How change is kept: the check-in is appended, the change is logged, the image reads it back."""

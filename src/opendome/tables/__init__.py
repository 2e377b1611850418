"""Column definitions of everything that passes between stages and of what is recorded."""

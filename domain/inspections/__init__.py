"""The kinds of inspection, one file each: what it looks at, what it asks for, and its rule."""

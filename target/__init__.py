"""What is tested, and how it is held: the book's programs and the handle of any target."""

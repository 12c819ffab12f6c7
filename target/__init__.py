"""The book's programs, and the handle of any program under test."""

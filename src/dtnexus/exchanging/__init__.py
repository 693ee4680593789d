"""Ratings in and out: other programs' annotation files, tables, and an archive for publication."""

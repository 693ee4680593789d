"""The database of the studio: tables, migrations and the only code that speaks SQL.

Everything goes through a `Database` and the functions of the modules beside it, each of
which takes an open connection, so that a caller decides what belongs to one transaction.
"""

"""The code tables of a listing: data files with both languages, their source and how well it is known.

Whoever needs a code asks `get_table`; a code is never written into the program as a guess.
"""

from exchange.catalogue.codes.tables import Code, CodeTable, all_tables, get_table

__all__ = ["Code", "CodeTable", "all_tables", "get_table"]

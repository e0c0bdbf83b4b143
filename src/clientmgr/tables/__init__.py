"""The column machinery: coded ids, validated read-only tables, results, and how they are shown."""

from clientmgr.tables.coded import Coded, Id
from clientmgr.tables.columns import (
    days,
    fen,
    flags,
    ids,
    integers,
    labels,
    numbers,
    optional_days,
    optional_labels,
    optional_refs,
    refs,
)
from clientmgr.tables.extra import Extra, extra
from clientmgr.tables.readonly import ReadOnly, freeze
from clientmgr.tables.render import html_table, text_table
from clientmgr.tables.result import Result
from clientmgr.tables.table import KeyedTable, Table
from clientmgr.tables.types import AnyArray, Codes, Days, Fen, Flags, Floats, Int64, Values

__all__ = [
    "AnyArray",
    "Coded",
    "Codes",
    "Days",
    "Extra",
    "Fen",
    "Flags",
    "Floats",
    "Id",
    "Int64",
    "KeyedTable",
    "ReadOnly",
    "Result",
    "Table",
    "Values",
    "days",
    "extra",
    "fen",
    "flags",
    "freeze",
    "html_table",
    "ids",
    "integers",
    "labels",
    "numbers",
    "optional_days",
    "optional_labels",
    "optional_refs",
    "refs",
    "text_table",
]

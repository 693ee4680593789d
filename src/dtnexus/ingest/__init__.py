"""Reading real files: format found by content, every loss counted, sessions grouped."""

from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.grouping import group
from dtnexus.ingest.loss import Loss, LossKind, ReadReport
from dtnexus.ingest.options import ColumnUse, ReadOptions
from dtnexus.ingest.reader import Output, Reader
from dtnexus.ingest.readers import READERS
from dtnexus.ingest.reading import read, read_all, report_of

__all__ = [
    "READERS",
    "ColumnUse",
    "Draft",
    "Feed",
    "Loss",
    "LossKind",
    "Output",
    "ReadOptions",
    "ReadReport",
    "Reader",
    "Said",
    "Sample",
    "group",
    "read",
    "read_all",
    "report_of",
]

"""Files: a world streamed block by block into CSV or Parquet."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.world import tables, truth
from segmentation.world.block import draw_block
from segmentation.world.catalogue import draw_catalogue, draw_inventory
from segmentation.world.dirt import plant
from segmentation.world.messages import plan_campaigns
from segmentation.world.season import seasonality
from segmentation.world.settings import BLOCK_SIZE, Settings

BLOCKS_PER_ROW_GROUP = 10


class CsvFile:
    """A CSV file to which tables are appended; null is the empty field."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._has_header = False

    def append(self, table: pa.Table) -> None:
        """Write the rows of a table, the first time after a header."""
        if not self._has_header:
            # quoted, so that a reader who guesses from the first lines knows of quotes
            header = csv.writer(self._file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            header.writerow(table.column_names)
            self._has_header = True
        columns = [column.to_pylist() for column in table.columns]
        self._writer.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ParquetFile:
    """A Parquet file to which tables are appended, in large row groups."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []

    def append(self, table: pa.Table) -> None:
        """Take a table; write when there are enough for a row group."""
        self._waiting.append(table)
        if len(self._waiting) == BLOCKS_PER_ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        table = pa.concat_tables(self._waiting).combine_chunks()
        self._waiting = []
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path, table.schema, compression="zstd", compression_level=1
            )
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """Write what waits, and close the file."""
        if self._waiting:
            self._flush()
        if self._writer is not None:
            self._writer.close()


FORMATS: dict[str, type[CsvFile | ParquetFile]] = {
    "csv": CsvFile,
    "parquet": ParquetFile,
}


def generate(
    settings: Settings,
) -> Iterator[tuple[dict[str, pa.Table], dict[str, pa.Table]]]:
    """Yield the world's raw and truth tables, part by part.

    The first part is what belongs to no customer; then comes one part per
    block. Only one part is held at a time.
    """
    catalogue = draw_catalogue(settings)
    season = seasonality(settings.days)
    campaigns = plan_campaigns(settings)
    raw = {
        "products": tables.write_products(catalogue),
        "inventory": tables.write_inventory(
            catalogue, draw_inventory(settings, catalogue)
        ),
    }
    raw, log = plant(settings, 0, raw)
    truths = truth.write_world(settings, catalogue, season, campaigns)
    yield _cut(raw, 1), {**truths, **_cut({"dirt": log}, 1)}
    for block in range(settings.blocks):
        raw, truths = draw_block(settings, block, catalogue, season, campaigns)
        customers = settings.customers - block * BLOCK_SIZE
        yield _cut(raw, customers), _cut(truths, customers)


def _cut(parts: dict[str, pa.Table], customers: int) -> dict[str, pa.Table]:
    """Drop the rows of customers beyond a number, and the owner column."""
    if customers < BLOCK_SIZE:
        parts = {
            name: part.filter(pa.compute.less(part[tables.OWNER], customers))
            for name, part in parts.items()
        }
    return {name: part.drop_columns([tables.OWNER]) for name, part in parts.items()}


def write(
    settings: Settings,
    raw: str | Path,
    truth_folder: str | Path | None = None,
    file_format: str = "csv",
    prefix: str = "",
) -> dict[str, int]:
    """Write a world into folders.

    Parameters
    ----------
    raw, truth_folder : path-like
        Created where missing. The truth folder must lie outside the raw one,
        lest someone who reads raw data reads the answers too.
    file_format : {"csv", "parquet"}
    prefix : str
        Put before the name of every raw file.

    Returns
    -------
    dict of int
        Rows written per raw table.
    """
    raw = Path(raw).resolve()
    folders = [(raw, prefix)]
    if truth_folder is not None:
        truth_folder = Path(truth_folder).resolve()
        if truth_folder.is_relative_to(raw):
            raise ValueError("the truth folder must lie outside the raw folder")
        folders.append((truth_folder, ""))
    for folder, _ in folders:
        folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    with ExitStack() as stack:
        files: dict[Path, CsvFile | ParquetFile] = {}
        for parts in generate(settings):
            for (folder, start), part in zip(folders, parts, strict=False):
                for name, table in part.items():
                    path = folder / f"{start}{name}.{file_format}"
                    if path not in files:
                        files[path] = FORMATS[file_format](path)
                        stack.callback(files[path].close)
                    files[path].append(table)
                    if folder == raw:
                        rows[name] = rows.get(name, 0) + table.num_rows
    return rows

"""Versions that are published: where they lie, which is current, how one changes."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE = "marts.duckdb"
TABLES = "parquet"
CURRENT = "current"
VERSIONS = "versions"
ASIDE = ".aside-"  # of what is not whole yet


class CannotPublish(RuntimeError):
    """Nothing was published; the version that was current still is."""


@contextmanager
def explained(meaning: Callable[[str], str]) -> Iterator[None]:
    """Say of whatever goes wrong what it means: a sentence made of the cause."""
    try:
        yield
    except CannotPublish:
        raise
    except Exception as error:
        raise CannotPublish(meaning(" ".join(str(error).split()))) from error


@contextmanager
def named(folder: Path) -> Iterator[None]:
    """Say of whatever goes wrong what it means to readers, and what to do."""
    with explained(
        lambda cause: (
            f"Nothing was published to {folder}: {cause}. Readers still have "
            f"{current_version(folder) or 'no version'}. Mend the cause and build "
            "again, or name another folder in the setting publish_path."
        )
    ):
        yield


def check_place(folder: Path) -> None:
    """Refuse to write where something else lies."""
    for name in (CURRENT, VERSIONS):
        path = folder / name
        is_ours = not path.exists() or (
            path.is_dir() and (name == VERSIONS or path.is_symlink() or is_whole(path))
        )
        if not is_ours or (folder.exists() and not folder.is_dir()):
            raise CannotPublish(
                f"Nothing was published: {path} is there, and is not ours. Move it "
                "away, or name another folder in the setting publish_path."
            )


def is_whole(version: Path) -> bool:
    """Say whether a folder holds a version that was written to its end."""
    return (version / FILE).is_file()


def versions(folder: Path) -> list[str]:
    """Return the versions that are whole, newest first."""
    found = (path for path in (folder / VERSIONS).glob("*") if is_whole(path))
    return sorted(
        (path.name for path in found if not path.name.startswith(ASIDE)), reverse=True
    )


def current_version(folder: Path) -> str | None:
    """Return the version that readers open, or None."""
    link = folder / CURRENT
    if not link.is_symlink():
        return None
    return Path(os.readlink(link)).name


def make_current(folder: Path, version: str) -> None:
    """Make a version the one that readers open, by one rename.

    Where the file system has no links, the DuckDB file alone is replaced, in a folder.

    Parameters
    ----------
    folder : Path
    version : str

    Raises
    ------
    CannotPublish
        If there is no such version.
    """
    if not is_whole(folder / VERSIONS / version):
        there = ", ".join(versions(folder)) or "none"
        raise CannotPublish(f"There is no version {version} in {folder}: {there}.")
    link, fresh = folder / CURRENT, folder / f"{ASIDE}{CURRENT}"
    with suppress(FileNotFoundError):
        fresh.unlink()
    try:
        fresh.symlink_to(Path(VERSIONS) / version, target_is_directory=True)
    except (OSError, NotImplementedError):
        link.mkdir(exist_ok=True)
        copy = link / f"{ASIDE}{FILE}"
        shutil.copy(folder / VERSIONS / version / FILE, copy)
        flush(copy)
        os.replace(copy, link / FILE)
        return
    os.replace(fresh, link)
    flush(folder)


def remove(path: Path) -> None:
    """Remove a version; a reader who has it open reads on."""
    shutil.rmtree(path, ignore_errors=True)


def make_lasting(aside: Path) -> None:
    """Make files read-only, and flush them and their folders to disk."""
    for path in sorted(aside.rglob("*")):
        if path.is_file():
            path.chmod(0o444)
    for path in [*aside.rglob("*"), aside]:
        flush(path)


def flush(path: Path) -> None:
    """Flush a file or folder to disk."""
    # folders cannot be opened everywhere
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""Let long work run in processes, where two cores can share it.

dbt runs models in threads of one process, and only one thread at a time runs Python:
two fits side by side take as long as one after the other. In processes they do not.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed

Found = TypeVar("Found")

# a process takes a second or two to start: less work than this is done before that
LEAST_ROWS = 5_000
MOST_PROCESSES = 4


def each(
    function: Callable[..., Found], calls: Sequence[tuple[Any, ...]], count_rows: int
) -> list[Found]:
    """Call a function with each of some arguments.

    Parameters
    ----------
    function : callable
        Of a module of the library, so that another process finds it. It must not
        depend on anything but its arguments.
    calls : sequence of tuple
        The arguments, which are copied to the process.
    count_rows : int
        How much there is to work on. Small work is done here and now, as all work is on
        one core, or where the environment variable JOBLIB_MULTIPROCESSING is 0.

    Returns
    -------
    list
        What the calls returned, in their order.
    """
    processes = min(cpu_count(), MOST_PROCESSES)
    if count_rows < LEAST_ROWS or processes < 2:
        return [function(*arguments) for arguments in calls]
    # memory maps would make the rows read-only
    run = Parallel(n_jobs=processes, backend="loky", max_nbytes=None)
    return list(run(delayed(function)(*arguments) for arguments in calls))

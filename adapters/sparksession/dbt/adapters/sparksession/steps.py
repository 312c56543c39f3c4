"""Works out once what a query reads more than once."""

from uuid import uuid4

from dbt.adapters.sparksession.queries import Step, kept, plain, query_of, steps_of
from pyspark.sql import SparkSession


def work_out(session: SparkSession, sql: str) -> tuple[str, list[str]]:
    """Work out the steps of a query that are read more than once.

    Parameters
    ----------
    session : SparkSession
    sql : str

    Returns
    -------
    str
        The query, which reads them.
    list of str
        The temporary views that hold them.
    """
    steps, rest = steps_of(sql)
    names = kept(steps, rest)
    if not names:
        return sql, []
    views = []
    for place, step in enumerate(steps):
        if step.name in names:
            query = plain(query_of(steps[:place], step.body))
            rows = session.sql(query).localCheckpoint()
            views.append(f"{step.name}_{uuid4().hex}")
            rows.createOrReplaceTempView(views[-1])
            steps[place] = Step(step.name, f"select * from {views[-1]}")
    return query_of(steps, rest), views

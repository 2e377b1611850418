"""Ask a stored campaign with DuckDB, which reads the Parquet parts where they lie.

The column `outer` must be quoted: it is a word of SQL.
"""

import sys
from pathlib import Path

import duckdb

SHOTS = """
SELECT layer, interceptor, result, count(*) AS shots, avg(divert_m_s) AS mean_divert_m_s
FROM read_parquet('{path}/parts/*/engagements.parquet')
WHERE "outer" = 0
GROUP BY ALL
ORDER BY ALL
"""

WARNING = """
SELECT class, median(first_firm_s - launch_s) AS firm_track_after_s
FROM read_parquet('{path}/parts/*/threats.parquet')
WHERE "outer" = 0 AND lethal
GROUP BY class
"""


def main(path: Path) -> None:
    for question in (SHOTS, WARNING):
        print(duckdb.sql(question.format(path=path)).df())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

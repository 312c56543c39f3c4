"""Runs a command beside a Spark cluster on this machine.

    python adapters/sparksession/cluster.py dbt build --target spark

A master, two workers and a Spark Connect server start on the loopback address, on ports
that are free, from the files of the package pyspark. The command finds the server in
SEGMENTATION_SPARK_REMOTE. All of them stop when it ends.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
SPARK = Path(pyspark.__file__).parent / "bin"
WORKERS = 2


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]


def wait_for(port: int, what: subprocess.Popen, seconds: int = 90) -> None:
    """Wait until something listens on a port, and stop if it has ended before."""
    for _ in range(seconds * 5):
        if what.poll() is not None:
            sys.exit(f"Spark did not start: {' '.join(map(str, what.args))}")
        with socket.socket() as tried:
            if tried.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"Spark did not listen on port {port} within {seconds} s.")


def main(command: list[str]) -> int:
    """Run a command beside a cluster that is up as long; return what it did."""
    home = Path(
        os.environ.get("SEGMENTATION_SPARK_PATH", "segmentation.spark")
    ).resolve()
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": HOST,
        "SPARK_WORKER_DIR": str(home / "work"),
    }
    env.pop("SPARK_REMOTE", None)
    started: list[subprocess.Popen] = []

    def start(name: str, *args: str) -> subprocess.Popen:
        with open(logs / f"{name}.log", "w") as log:
            process = subprocess.Popen(args, env=env, stdout=log, stderr=log)
        started.append(process)
        return process

    def spark_class(name: str, *args: str) -> subprocess.Popen:
        kind = name.rstrip("0123456789")
        return start(
            name, str(SPARK / "spark-class"),
            f"org.apache.spark.deploy.{kind}.{kind.capitalize()}",
            "--host", HOST, "--webui-port", "0", *args,
        )  # fmt: skip

    port, connect = free_port(), free_port()
    master = f"spark://{HOST}:{port}"
    try:
        wait_for(port, spark_class("master", "--port", str(port)))
        for number in range(WORKERS):
            spark_class(f"worker{number}", "--cores", "1", "--memory", "2g", master)
        settings = {
            "spark.connect.grpc.binding.address": HOST,
            "spark.connect.grpc.binding.port": str(connect),
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.driver.memory": "2g",
            "spark.executor.memory": "2g",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "4",
            "spark.sql.catalogImplementation": "hive",
            "spark.sql.warehouse.dir": str(home / "warehouse"),
            "spark.driver.extraJavaOptions": f"-Dderby.system.home={home}",
        }
        server = start(
            "connect", str(SPARK / "spark-submit"), "--master", master,
            *(part for pair in settings.items() for part in ("--conf", "=".join(pair))),
            "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            "spark-internal",
        )  # fmt: skip
        wait_for(connect, server)
        found = {**os.environ, "SEGMENTATION_SPARK_REMOTE": f"sc://{HOST}:{connect}"}
        return subprocess.run(command, env=found).returncode
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

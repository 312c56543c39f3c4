"""Set up Superset with the dashboard over a published file, and serve it.

``make dashboard`` runs it in an environment of its own. All that Superset keeps lies in
one folder, with the secrets made there; remove that folder to begin anew.
"""

import argparse
import os
import re
import secrets
import socket
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import yaml

HERE = Path(__file__).resolve().parent
BUNDLE = HERE / "bundle"
# what stands in the bundle for the published file, whose place only this machine knows
FILE = "PUBLISHED_FILE"
PIXEL = re.compile(rb"https://apachesuperset\.gateway\.scarf\.sh/pixel/[^`]*")
NOTHING = b"data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
ADDRESS = "127.0.0.1"
USER = "admin"
DASHBOARD = "customers"


def main(arguments: list[str] | None = None) -> int:
    """Set up and serve until stopped; return a code for the shell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="published/current/marts.duckdb")
    parser.add_argument("--home", type=Path, default=Path(".dashboard"))
    parser.add_argument("--port", type=int, default=8088)
    chosen = parser.parse_args(arguments)
    # absolute, with the link `current` in it: Superset opens the file anew for each
    # query, and so finds the version that is current
    file, home = Path(os.path.abspath(chosen.file)), chosen.home.resolve()
    if not file.exists():
        print(f"{file} is not there. Build first: make build", file=sys.stderr)
        return 2
    if is_taken(chosen.port):
        print(
            f"Port {chosen.port} is taken. Stop what listens there, or choose another: "
            f"make dashboard DASHBOARD_PORT={chosen.port + 1}",
            file=sys.stderr,
        )
        return 2
    password = set_up_home(home)
    silence_telemetry()
    print("Setting up Superset; the first time this takes a minute …", flush=True)
    log = (home / "superset.log").open("a", buffering=1)
    try:
        with redirect_stdout(log), redirect_stderr(log):  # it says a great deal
            app = ready_app(file, password)
    except Exception as error:
        print(f"Superset could not be set up: {error}\nAll it said is in {log.name}.")
        return 1
    print(
        f"\nThe dashboard:  http://{ADDRESS}:{chosen.port}/superset/dashboard/{DASHBOARD}/\n"
        f"User:           {USER}\nPassword:       {password}\n"
        "Only this machine can reach it. Ctrl-C stops it.\n",
        flush=True,
    )
    serve(app, chosen.port)
    return 0


def silence_telemetry() -> None:
    """Take the address of the pixel that counts users out of Superset's own pages.

    The setting SCARF_ANALYTICS is read when those pages are built, which was long ago.
    """
    from importlib.util import find_spec

    found = find_spec("superset")
    assets = Path(found.origin).parent / "static/assets" if found else HERE
    for path in assets.glob("*.js"):
        text = path.read_bytes()
        if PIXEL.search(text):
            # a file of its own: installers may link what they install
            fresh = path.with_suffix(".fresh")
            fresh.write_bytes(PIXEL.sub(NOTHING, text))
            os.replace(fresh, path)


def is_taken(port: int) -> bool:
    """Say whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def set_up_home(home: Path) -> str:
    """Make the folder and its secrets where they are missing; return the password."""
    home.mkdir(mode=0o700, exist_ok=True, parents=True)
    os.environ["DASHBOARD_HOME"] = os.environ["SUPERSET_HOME"] = str(home)
    os.environ["SUPERSET_CONFIG_PATH"] = str(HERE / "superset_config.py")
    os.environ["SCARF_ANALYTICS"] = "false"
    secret(home / "secret_key", 48)
    return secret(home / "password", 12)


def secret(path: Path, size: int) -> str:
    """Return a secret, made where it is missing, for the eyes of its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(size))
    return path.read_text()


def rendered(file: Path) -> dict[str, str]:
    """Return the bundle for a published file: its place, and what columns mean."""
    comments = read_comments(file)
    found = {}
    for path in sorted(BUNDLE.rglob("*.yaml")):
        part = yaml.safe_load(path.read_text("utf-8"))
        if path.name == "metadata.yaml":
            part["type"] = "assets"  # imported as a whole, over what is there
        if path.parent.name == "databases":
            uri = part["sqlalchemy_uri"]
            part["sqlalchemy_uri"] = uri.replace(FILE, file.as_posix())
        for column in part.get("columns", []):
            column.setdefault("description", comments.get(column["column_name"]))
        name = path.relative_to(BUNDLE).as_posix()
        found[name] = yaml.safe_dump(part, sort_keys=False)
    return found


def read_comments(file: Path) -> dict[str, str]:
    """Return what the marts say of each column, where all that have it say the same."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return dict(
            connection.execute(
                "select column_name, min(comment) from duckdb_columns() "
                "where comment is not null "
                "group by 1 having count(distinct comment) = 1"
            ).fetchall()
        )


def ready_app(file: Path, password: str) -> Any:
    """Return Superset with its own tables, its user and the bundle as it stands."""
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        from flask import g
        from flask_migrate import upgrade
        from superset import appbuilder, db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand

        upgrade()
        user = security_manager.find_user(USER)
        if user is None:
            appbuilder.add_permissions(update_perms=True)
            security_manager.sync_role_definitions()
            user = security_manager.add_user(
                USER,
                "Dashboard",
                "Reader",
                f"{USER}@localhost",
                security_manager.find_role("Admin"),
                password=password,
            )
        g.user = user
        ImportAssetsCommand(rendered(file)).run()
        db.session.remove()
        db.engine.dispose()
    return app


def serve(app: Any, port: int) -> None:
    """Answer this machine alone, until stopped."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"{ADDRESS}:{port}")
            self.cfg.set("threads", 8)
            self.cfg.set("timeout", 120)
            self.cfg.set("loglevel", "warning")

        def load(self) -> Any:
            return app

    Server().run()


if __name__ == "__main__":
    sys.exit(main())

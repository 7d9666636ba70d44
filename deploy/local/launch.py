"""Become a server process that dies with the keeper; as root, optionally in a user namespace or as somebody else.

`launch.py KEEPER-PID [--user-namespace | --user UID] COMMAND...`, a script with nothing but the standard library.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
INNER_ID = 1000
libc = ctypes.CDLL(None, use_errno=True)


def enter_user_namespace() -> None:
    """Elasticsearch refuses root: in a namespace of its own it is user 1000 and owns the same files."""
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INNER_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INNER_ID} {gid} 1")


def become(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def die_with_parent(parent: int) -> None:
    # last: a change of credentials clears the death signal
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit("the keeper is gone")


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if command[0] == "--user-namespace":
        enter_user_namespace()
        command = command[1:]
    elif command[0] == "--user":
        become(int(command[1]))
        command = command[2:]
    die_with_parent(parent)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()

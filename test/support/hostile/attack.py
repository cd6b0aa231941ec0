"""A plugin that tries what no job may do, and prints what it got: one JSON object a line."""

import ctypes
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from dioptra import pyplugs

LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
SYS_PIDFD_OPEN, SYS_PIDFD_GETFD = 434, 438
SHARED_MEMORY_KEY = 0x61737361
IPC_CREAT = 0o1000
PLACES = ["/tmp", "/var/tmp", "/dev/shm"]


def say(**facts):
    print(json.dumps(facts), flush=True)


def called(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def take_descriptor(pid):
    own = called(LIBC.syscall(SYS_PIDFD_OPEN, pid, 0))
    return called(LIBC.syscall(SYS_PIDFD_GETFD, own, 0, 0))


def read_memory(pid):
    with open(f"/proc/{pid}/mem", "rb") as memory:
        return len(memory.read(1))


def run_setuid(program, secret):
    done = subprocess.run([program, secret], capture_output=True, text=True)
    if done.returncode != 0:
        raise PermissionError(1, done.stderr)
    return done.stdout


def mount_something():
    return called(LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None))


def become_root():
    os.setuid(0)


def look(name, act, *args):
    """Says what an attack brought; `refused` is what it should be."""
    try:
        say(attack=name, got=str(act(*args))[:200])
    except OSError as error:
        say(attack=name, refused=type(error).__name__)


@pyplugs.register
def attack(forbidden, setuid_program, setuid_secret):
    consumer = os.getppid()
    say(fact="consumer", pid=consumer, uid=os.getuid())
    for name in ["environ", "maps", "auxv", "stack", "io"]:
        look(f"/proc {name}", lambda n=name: Path(f"/proc/{consumer}/{n}").read_bytes())
    look("/proc mem", read_memory, consumer)
    for name in ["fd", "map_files"]:
        look(f"/proc {name}", os.listdir, f"/proc/{consumer}/{name}")
    for name in ["cwd", "root", "exe"]:
        look(f"/proc {name}", os.readlink, f"/proc/{consumer}/{name}")
    look("ptrace attach", lambda: called(LIBC.ptrace(PTRACE_ATTACH, consumer, 0, 0)))
    look("ptrace seize", lambda: called(LIBC.ptrace(PTRACE_SEIZE, consumer, 0, 0)))
    look("take a descriptor", take_descriptor, consumer)
    for sent in [0, signal.SIGCONT, signal.SIGUSR1]:
        look(f"signal {int(sent)}", os.kill, consumer, sent)
    for path in forbidden:
        look(f"read {path}", lambda p=path: os.listdir(p) if os.path.isdir(p) else Path(p).read_text())
    look("setuid program", run_setuid, setuid_program, setuid_secret)
    look("mount", mount_something)
    look("become root", become_root)
    look("~/.aws", os.listdir, os.path.expanduser("~/.aws"))
    say(fact="environment", names=sorted(os.environ), text=json.dumps(dict(os.environ)))
    say(fact="readable", pids=foreign_environments())


def foreign_environments():
    """Processes of others whose environment can be read."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) != os.getpid() and Path(f"/proc/{pid}/environ").read_bytes():
                found.append(int(pid))
        except OSError:
            pass
    return found


@pyplugs.register
def litter():
    """Leaves behind what can be left behind."""
    for place in PLACES:
        folder = Path(place, f"assay-left-{os.getuid()}")
        try:
            (folder / "deep").mkdir(parents=True, mode=0o777)
        except OSError:
            continue
        (folder / "deep" / "secret.txt").write_text("of the first job")
        (folder / "deep").chmod(0)
        Path(place, f"assay-left-{os.getuid()}.txt").write_text("of the first job")
        os.symlink("/etc", Path(place, f"assay-left-{os.getuid()}.link"))
        say(fact="left", place=place)
    called(LIBC.shmget(SHARED_MEMORY_KEY, 4096, IPC_CREAT | 0o666))
    say(fact="left", place="shared memory")
    for live in [lambda: time.sleep(300), hunt]:
        leave_running(live)


def leave_running(live):
    """A daemon: in a session of its own, no child of ours, without our descriptors."""
    out, given = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(given, str(os.getpid()).encode())
            os.closerange(0, 100)
            for sent in [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]:
                signal.signal(sent, signal.SIG_IGN)
            live()
        os._exit(0)
    say(fact="running", pid=int(os.read(out, 20)))


def hunt():
    """Kills whoever comes after it as our user, such as who clears up."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            try:
                if pid > os.getpid() and os.stat(f"/proc/{pid}").st_uid == os.getuid():
                    os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


@pyplugs.register
def look_around():
    """What is there of another job."""
    names = [str(path) for place in PLACES for path in Path(place).glob("assay-left-*")]
    say(fact="found", names=names, uid=os.getuid())
    look("shared memory", lambda: called(LIBC.shmget(SHARED_MEMORY_KEY, 0, 0)))

import os
import signal
import stat
import subprocess
import sys
import threading

from exchange.core.workspace import Workspace

HOLDER = """
import sys, time
from pathlib import Path
from exchange.core.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
folder = workspace.folder
(folder / "rows.csv").write_text("plain rows")
print(folder, flush=True)
time.sleep(600)
"""


def started_holder(root):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(root)], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def stop(process, number):
    process.send_signal(number)
    process.wait()
    process.stdout.close()


def test_what_a_killed_process_left_is_gone_when_the_next_one_begins(tmp_path):
    process, folder = started_holder(tmp_path)
    stop(process, signal.SIGKILL)
    assert os.listdir(folder) == ["rows.csv"]

    workspace = Workspace(tmp_path)
    mine = workspace.folder

    assert not os.path.exists(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((mine.name, f"{mine.name}.lock"))


def test_the_work_of_a_living_process_stays(tmp_path):
    process, folder = started_holder(tmp_path)
    try:
        assert Workspace(tmp_path).sweep() == 0
        assert os.listdir(folder) == ["rows.csv"]
    finally:
        stop(process, signal.SIGKILL)
    assert Workspace(tmp_path).sweep() == 1


def test_an_orderly_end_leaves_nothing(tmp_path):
    program = HOLDER.replace("time.sleep(600)", "pass")
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, stdout=subprocess.DEVNULL)

    assert list(tmp_path.iterdir()) == []


def test_nobody_else_on_the_machine_may_look_inside(tmp_path):
    workspace = Workspace(tmp_path / "incoming")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (workspace.folder, workspace.root)}

    assert modes == {0o700}


def test_a_forked_child_works_in_a_folder_of_its_own(tmp_path):
    workspace = Workspace(tmp_path)
    mine = workspace.folder
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(workspace.folder).encode())
        os._exit(0)
    os.waitpid(child, 0)

    theirs = os.read(reading, 1000).decode()
    os.close(reading)
    os.close(writing)

    assert theirs != str(mine)
    assert mine.exists()


def test_processes_that_begin_and_sweep_at_once_keep_their_folders(tmp_path):
    """Between making its lock file and taking the lock a process looks like a dead one."""
    workspaces = [Workspace(tmp_path) for _ in range(32)]
    threads = [
        threading.Thread(target=lambda each=each: each.folder.joinpath("x").touch()) for each in workspaces
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all((each.folder / "x").exists() for each in workspaces)

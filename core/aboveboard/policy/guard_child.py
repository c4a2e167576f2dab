"""The process between ours and an OPA server: it ends the server when ours is gone, however it went.

Arguments: a directory to remove at the end, then the server's command. Standard input is a pipe that
only our process writes to; a byte, or its end (also by `kill -9`), means stop. Exits with the
server's code when the server ends by itself. Standard library only.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

_LOG_BYTES = 1 << 16


def main() -> None:
    """Start the server, wait for either end."""
    folder, *command = sys.argv[1:]
    server = subprocess.Popen(  # noqa: S603  (the user's own OPA)
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )
    assert server.stderr is not None  # noqa: S101  (a pipe)
    said = server.stderr.fileno()

    def stop(*_: object) -> None:
        server.terminate()
        try:
            server.wait(3)
        except subprocess.TimeoutExpired:
            server.kill()
        _leave(folder, 0)

    def watch() -> None:
        code = server.wait()
        _leave(folder, code if 0 < code < 256 else 1)

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_log, args=(said,), daemon=True).start()
    threading.Thread(target=watch, daemon=True).start()
    os.read(0, 1)
    stop()


def _log(stream: int) -> None:
    """Pass on the beginning, which says why a start failed; a pipe that nobody reads would block."""
    left = _LOG_BYTES
    while chunk := os.read(stream, 4096):
        os.write(2, chunk[:left])
        left = max(left - len(chunk), 0)


def _die_with_parent() -> None:
    """Should this guard be killed itself: on Linux the server then goes too."""
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _leave(folder: str, code: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(code)


if __name__ == "__main__":
    main()

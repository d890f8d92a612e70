"""A plugin's gRPC server: says its port as the engine expects it, and ends when the engine that started it is gone."""

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent import futures

import grpc

_MESSAGE = 400 * 1024 * 1024
"""As the engine's own limit."""
_AT_ONCE = 32


def serve(add: Callable[[grpc.Server], None]) -> None:
    """Serve on a free port of loopback until the parent process ends, however it ends."""
    options = [("grpc.max_receive_message_length", _MESSAGE), ("grpc.max_send_message_length", _MESSAGE)]
    server = grpc.server(futures.ThreadPoolExecutor(_AT_ONCE), options=options)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    print(port, flush=True)
    server.wait_for_termination()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.1)
    sys.stdout.close()
    os._exit(0)

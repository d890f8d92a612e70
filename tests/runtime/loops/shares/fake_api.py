"""An API server on loopback that holds objects as the real one does where it matters: versions, field managers."""

import copy
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class World:
    """Objects by path; ``fails`` answers the next calls, ``before`` is called before a patch is looked at."""

    def __init__(self):
        self.objects, self.calls, self.fails, self.before = {}, [], [], None
        self.version = 7

    def put(self, path, manifest):
        self.version += 1
        stored = copy.deepcopy(manifest)
        stored["metadata"]["resourceVersion"] = str(self.version)
        self.objects[path] = stored

    def get(self, path):
        return (200, self.objects[path]) if path in self.objects else (404, {"message": "not found"})

    def patch(self, path, query, part):
        if self.before is not None:
            self.before, before = None, self.before
            before()
        if path not in self.objects:
            return 404, {"message": "not found"}
        stored = self.objects[path]
        if part["metadata"]["resourceVersion"] != stored["metadata"]["resourceVersion"]:
            return 409, {"message": "the object has been modified"}
        merged = {**stored, "spec": {**stored["spec"], **part["spec"]}}
        merged["metadata"]["managedFields"] = [{"manager": query["fieldManager"][0], "operation": "Apply"}]
        self.put(path, merged)
        return 200, self.objects[path]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(lambda world, path, _: world.get(path))

    def do_PATCH(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.headers["Content-Type"]
        assert kind == "application/apply-patch+yaml", kind
        self._answer(lambda world, path, query: world.patch(path, query, body))

    def _answer(self, ask):
        world, address = self.server.world, urlsplit(self.path)
        world.calls.append((self.command, self.path, self.headers.get("Authorization")))
        status, found = (
            world.fails.pop(0) if world.fails else ask(world, address.path, parse_qs(address.query))
        )
        content = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(world):
    """The address of a server that holds a world."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.world = world
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

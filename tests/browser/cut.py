"""A network that can be cut: a relay between the browser and the server, on a port of its own."""

import contextlib
import socket
import threading
import urllib.parse


class Network:
    """`up`; `down` (nothing connects, what is open breaks); `deaf` (what is asked arrives, no answer comes back)."""

    def __init__(self, base):
        address = urllib.parse.urlsplit(base)
        self.target = (address.hostname, address.port)
        self.state = "up"
        self.open = set()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.base = "http://127.0.0.1:%d" % self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def set(self, state):
        self.state = state
        if state == "down":
            for end in list(self.open):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def accept(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            if self.state == "down":
                near.close()
                continue
            far = socket.create_connection(self.target)
            for source, sink, is_answer in ((near, far, False), (far, near, True)):
                self.open.add(source)
                threading.Thread(target=self.carry, args=(source, sink, is_answer), daemon=True).start()

    def carry(self, source, sink, is_answer):
        with contextlib.suppress(OSError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if is_answer and self.state == "deaf":
                    break
                sink.sendall(data)
        self.open.discard(source)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def network(base):
    relay = Network(base)
    try:
        yield relay
    finally:
        relay.set("down")
        relay.server.close()

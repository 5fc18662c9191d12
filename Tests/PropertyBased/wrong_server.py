"""Two sockets that serve a small contract, and with --fault break it in one way: the control of the tester.

A tester that finds nothing is worth what it finds where there is something to find. Prints one line when it serves.
"""

import argparse
import http.server
import json
import pathlib
import socketserver
import threading

CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "A contract to break", "version": "1"},
    "paths": {
        "/v1/thing": {
            "get": {
                "x-sockets": ["operator", "administrator"],
                "responses": {
                    "200": {
                        "description": "The thing.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object", "required": ["name"],
                                    "properties": {"name": {"type": "string"}},
                                }
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {"schemas": {}},
}
ANSWERS = {
    "none": (200, {"name": "thing"}),
    "undocumented-status": (418, {"name": "thing"}),
    "server-error": (500, {"name": "thing"}),
    "wrong-shape": (200, {"name": 7}),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fault = "none"

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def serve(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        if path == "/v1/operators/sign-in":
            self.answer(200, {"token": "t"})
        elif path != "/v1/thing":
            self.answer(404, {})
        elif self.command != "GET":
            self.answer(405, {}, [("Allow", "GET")])
        else:
            self.answer(*ANSWERS[self.fault])

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def address_string(self):
        return "local"

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True, help="directory for sockets and contract")
    parser.add_argument("--fault", choices=list(ANSWERS), default="none")
    arguments = parser.parse_args()
    work = pathlib.Path(arguments.work)
    Handler.fault = arguments.fault
    (work / "contract.yaml").write_text(json.dumps(CONTRACT))
    servers = [Server(str(work / name), Handler) for name in ("operator.sock", "admin.sock")]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("serving", flush=True)
    servers[0].serve_forever()


if __name__ == "__main__":
    main()

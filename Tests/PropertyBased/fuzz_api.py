"""A property-based run of the socket API's contract against a station that runs.

schemathesis speaks TCP and the station does not, so requests go through a proxy on loopback. The proxy puts a real token
where a request carries the placeholder, and cuts event streams, which never end by themselves; everything else goes through
as it is, and an answer that does not come in time becomes a status that no contract has.
"""

import argparse
import http.client
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import yaml

PLACEHOLDER = "Bearer the-session"
ANSWER_SECONDS = 10
STREAM_SECONDS = 0.3
HANG = 599
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,"
    "allow_header_conformance,ignored_auth"
)


def exchange(path, request):
    """Sends the bytes of one request; returns status, headers and body."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(path)
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection, method=request.split(b" ", 1)[0].decode("latin-1"))
        answer.begin()
        if answer.headers.get_content_type() == "text/event-stream":
            return answer.status, answer.headers.items(), stream(connection, answer)
        return answer.status, answer.headers.items(), answer.read()


def stream(connection, answer):
    """The beginning of a stream."""
    body, end = b"", time.monotonic() + STREAM_SECONDS
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            body += answer.read1(65536)
        except TimeoutError:
            break
    return body


class People:
    """Tokens of persons who are entered already, each with the same secret."""

    def __init__(self, path, secret):
        self.path, self.secret = path, secret
        self.lock, self.tokens = threading.Lock(), {}

    def token(self, name, fresh=False):
        with self.lock:
            if fresh or name not in self.tokens:
                body = json.dumps({"operatorId": name, "secret": self.secret}).encode()
                head = f"POST /v1/operators/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                status, _, answer = exchange(self.path, head.encode() + body)
                if status != 200:
                    raise SystemExit(f"{name} cannot sign in: {status} {answer!r}")
                self.tokens[name] = json.loads(answer)["token"]
            return self.tokens[name]

    def token_for(self, path):
        """Who asks: signing out and trying secrets must not end the session of the whole run."""
        if path.startswith("/v1/operators/sign-out"):
            return self.token("leaving", fresh=True)
        return self.token("changing" if path.startswith("/v1/operators/secret") else "watching")


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    path_of_socket, people = "", None
    statuses, lock = {}, threading.Lock()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.forward
        raise AttributeError(name)

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        head = [f"{self.command} {self.path} HTTP/1.1", "Host: localhost", "Connection: close"]
        for name, value in self.headers.items():
            if name.lower() in ("host", "connection", "content-length", "transfer-encoding", "accept-encoding"):
                continue
            if name.lower() == "authorization" and value == PLACEHOLDER and self.people:
                value = "Bearer " + self.people.token_for(self.path)
            head.append(f"{name}: {value}")
        if body or self.command in ("POST", "PUT", "PATCH"):
            head.append(f"Content-Length: {len(body)}")
        try:
            request = "\r\n".join(head + ["", ""]).encode("latin-1") + body
            status, headers, answer = exchange(self.path_of_socket, request)
        except (OSError, http.client.HTTPException) as error:
            status, headers, answer = HANG, [("Content-Type", "text/plain")], repr(error).encode()
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def log_message(self, *_):
        pass


def contract_of(socket_name, text, known):
    """The part of the contract that one socket has; where an id is wanted, often one that is there."""
    document = yaml.safe_load(text)
    places = {
        "/v1/readers/{reader}/reads": "reader", "/v1/reads/{id}": "read", "/v1/reads/{id}/record": "read",
        "/v1/reads/{id}/portrait": "read", "/v1/shifts/{id}/summary": "shift",
    }
    places |= {path: "application" for path in document["paths"] if path.startswith("/v1/applications/{id}")}
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter.get("in") == "path" and places.get(path) in known:
                    parameter["schema"] = {"anyOf": [{"const": known[places[path]]}, parameter["schema"]]}
    if "read" in known:
        properties = document["components"]["schemas"]["ApplicationSubmission"]["properties"]
        properties["readId"] = {"anyOf": [{"const": known["read"]}, {"type": ["string", "null"]}]}
    for path, item in list(document["paths"].items()):
        for method, operation in list(item.items()):
            if socket_name not in operation["x-sockets"]:
                del item[method]
            elif socket_name == "administrator":
                operation["security"] = []
        if not item:
            del document["paths"][path]
    return document


def run(socket_name, path, people, arguments):
    work, known = pathlib.Path(arguments.work), dict(pair.split("=", 1) for pair in arguments.known)
    schema = work / f"{socket_name}.json"
    schema.write_text(json.dumps(contract_of(socket_name, pathlib.Path(arguments.contract).read_text(), known)))
    Proxy.path_of_socket, Proxy.people, Proxy.statuses = path, people, {}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seconds = max(1, arguments.seconds // 2)
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", str(schema),
        "--url", f"http://127.0.0.1:{server.server_address[1]}", "--checks", CHECKS,
        "--phases", arguments.phases, "--max-examples", str(arguments.examples), "--max-time", str(seconds),
        "--request-timeout", str(ANSWER_SECONDS + 5), "--max-response-time", str(ANSWER_SECONDS),
        "--seed", str(arguments.seed), "--continue-on-failure", "--generation-database", "none",
        "--warnings", "off", "--no-color", "--workers", "1",
    ]
    if people:
        command += ["--header", f"Authorization: {PLACEHOLDER}"]
    result = subprocess.run(command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    server.shutdown()
    (work / f"{socket_name}.log").write_text(result.stdout)
    counts = ", ".join(f"{count} x {status}" for status, count in sorted(Proxy.statuses.items()))
    print(f"{socket_name}: {sum(Proxy.statuses.values())} requests: {counts}", flush=True)
    if result.returncode != 0:
        print(result.stdout, flush=True)
    return result.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contract", required=True, help="docs/openapi/station.yaml")
    parser.add_argument("--operator-socket", required=True)
    parser.add_argument("--admin-socket", required=True)
    parser.add_argument("--secret", required=True, help="of the persons watching, changing, leaving")
    parser.add_argument("--work", required=True, help="directory for what the run leaves")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--phases", default="examples,coverage,fuzzing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--known", action="append", default=[], help="kind=id of something that is there")
    arguments = parser.parse_args()
    people = People(arguments.operator_socket, arguments.secret)
    failures = run("operator", arguments.operator_socket, people, arguments)
    failures |= run("administrator", arguments.admin_socket, None, arguments)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

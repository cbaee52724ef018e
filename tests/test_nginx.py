"""docs/nginx.conf as it is written, in front of a server that says what it was told."""

import contextlib
import datetime
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from configparser import ConfigParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import machine
from processes import Processes
from replica_site import PROGRAM, free_port

CONF = Path(__file__).resolve().parents[1] / "docs" / "nginx.conf"
NAME = "portal.example.com"
TOKEN = "0123456789abcdef0123456789abcdef"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 128; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


class Upstream(BaseHTTPRequestHandler):
    """Answers with the headers that it got, and sets cookies without any flags."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Upgrade"):
            self.send_response(101)
            self.send_header("Upgrade", self.headers["Upgrade"])
            self.send_header("Connection", self.headers["Connection"])
            self.end_headers()
            self.close_connection = True
            return
        body = json.dumps(self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "session_id=x; Path=/; HttpOnly")
        self.send_header("Set-Cookie", "frontend_lang=de_DE; SameSite=Lax")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


def make_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(encoding))
    private = key.private_bytes(
        encoding,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "privkey.pem").write_bytes(private)


class Proxy:
    """nginx on free ports of this machine."""

    def __init__(self, folder, upstream):
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        text = CONF.read_text()
        for before, after in (
            ("listen 80", f"listen 127.0.0.1:{self.http}"),
            ("listen 443", f"listen 127.0.0.1:{self.https}"),
            ("127.0.0.1:8069", f"127.0.0.1:{upstream}"),
            ("127.0.0.1:8072", f"127.0.0.1:{upstream}"),
            ("/etc/ssl/portal", str(folder)),
            ("/var/log/nginx", str(folder)),
        ):
            assert before in text, before
            text = text.replace(before, after)
        (folder / "portal.conf").write_text(text)
        # as root it would change to a user who may not read here
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
        self.command = [
            machine.nginx(),
            *("-p", str(folder)),
            *("-c", str(folder / "nginx.conf")),
            *("-e", str(folder / "error.log")),
        ]

    @contextlib.contextmanager
    def running(self):
        process = subprocess.Popen(self.command)
        try:
            pause = threading.Event()
            for _try in range(100):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", self.https), 1).close()
                    break
                assert process.poll() is None, (self.folder / "error.log").read_text()
                pause.wait(0.1)
            yield self
        finally:
            process.terminate()
            process.wait(20)

    def connect(self, name=NAME, port=None):
        """Return a connection by TLS, with a name as the browser would send it."""
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        context.check_hostname = False
        raw = socket.create_connection(("127.0.0.1", port or self.https), 20)
        return context.wrap_socket(raw, server_hostname=name)

    def ask(self, path="/", method="GET", body=None, host=NAME, plain=False, **headers):
        """Return the response, read."""
        port = self.http if plain else self.https
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        if not plain:
            connection.sock = self.connect()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": host, **names})
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def told(self, *args, **kw):
        """Return the headers that reached the server behind."""
        response = self.ask(*args, **kw)
        assert response.status == 200, response.status
        return {name.lower(): value for name, value in json.loads(response.text)}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        thread = threading.Thread(target=upstream.serve_forever)
        thread.start()
        try:
            with Proxy(folder, upstream.server_address[1]).running() as site:
                yield site
        finally:
            upstream.shutdown()
            thread.join()


def test_it_is_valid(proxy):
    done = subprocess.run(
        [*proxy.command, "-t"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "[warn]" in line]
    # from 1.25.1 on it asks for a directive that older ones don't know
    assert all('the "listen ... http2" directive' in line for line in warnings)


def test_everything_is_by_tls(proxy):
    response = proxy.ask("/my?x=1", plain=True)
    assert response.status == 308
    assert response.headers["Location"] == f"https://{NAME}/my?x=1"


@pytest.mark.parametrize("path", ["/", "/web/login", "/jsonrpc", "/web/database/x"])
def test_hsts(proxy, path):
    answers = proxy.ask(path).headers.get_all("Strict-Transport-Security")
    assert answers == ["max-age=63072000"]


@pytest.mark.parametrize("path", ["/", "/web/login", "/jsonrpc"])
def test_cookies(proxy, path):
    for cookie in proxy.ask(path).headers.get_all("Set-Cookie"):
        flags = [flag.strip().lower() for flag in cookie.split(";")[1:]]
        assert flags.count("secure") == 1
        assert flags.count("samesite=lax") == 1


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("host", ["evil.example", f"{NAME}.evil.example", "127.0.0.1"])
def test_other_names(proxy, host, plain):
    assert proxy.ask(host=host, plain=plain).status == 421


def test_other_names_before_the_certificate(proxy):
    with pytest.raises(ssl.SSLError):
        proxy.connect(name="evil.example")


@pytest.mark.parametrize("host", [f"{NAME}:443", f"{NAME}:x", f"{NAME}:99999999"])
def test_a_port_does_not_get_through(proxy, host):
    response = proxy.ask(host=host)
    if response.status != 400:
        told = dict(map(tuple, json.loads(response.text)))
        assert told["Host"] == told["X-Forwarded-Host"] == NAME


@pytest.mark.parametrize("path", ["/", "/web/login", "/jsonrpc", "/websocket"])
def test_nobody_says_who_they_are(proxy, path):
    told = proxy.told(
        path,
        X_Forwarded_For="10.9.8.7",
        X_Real_IP="10.9.8.7",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="http",
        Forwarded="for=10.9.8.7",
        X_Odoo_Database="other",
    )
    assert told["x-forwarded-for"] == told["x-real-ip"] == "127.0.0.1"
    assert told["x-forwarded-host"] == told["host"] == NAME
    assert told["x-forwarded-proto"] == "https"
    assert not {"forwarded", "x-odoo-database"} & set(told)


@pytest.mark.parametrize(
    ("path", "size"),
    [("/", 65 << 20), ("/web/login", 65 << 10), ("/jsonrpc", 17 << 20)],
)
def test_too_large(proxy, path, size):
    with proxy.connect() as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_tokens_are_not_written_down(proxy):
    for path in (f"/web/signup?token={TOKEN}", f"/de/my/ticket/7/{TOKEN}?x={TOKEN}"):
        proxy.ask(path, Referer=f"https://{NAME}{path}")
        proxy.ask(path, plain=True)
    for log in ("portal.log", "portal-error.log"):
        text = (proxy.folder / log).read_text()
        assert TOKEN not in text
    text = (proxy.folder / "portal.log").read_text()
    assert '"GET /web/signup HTTP/1.1"' in text
    assert '"GET /de/my/ticket/7/... HTTP/1.1"' in text


def test_websocket(proxy):
    with proxy.connect() as connection:
        connection.sendall(
            f"GET /websocket HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\n\r\n".encode()
        )
        answer = connection.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 101")
    assert "Upgrade: websocket" in answer


def test_the_database_manager_is_shut(proxy):
    assert proxy.ask("/web/database/manager").status == 404


def test_guessing_is_slowed_down(proxy):
    """Looking at the page is not counted; the other pages go on."""
    states = [proxy.ask("/de/web/login", "POST").status for _time in range(40)]
    assert states[0] == 200
    assert states[-1] == 429
    assert proxy.ask("/web/login").status == 200
    assert proxy.ask("/support", "POST").status == 200
    assert proxy.ask("/web/signup", "POST").status == 429


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """nginx in front of Odoo; nothing is asked that writes into its database."""
    folder = tmp_path_factory.mktemp("portal")
    make_certificate(folder)
    given = ConfigParser(interpolation=None)
    given.read(os.environ["ODOO_RC"])
    port = free_port()
    options = {
        **given["options"],
        "data_dir": folder / "data",
        "http_interface": "127.0.0.1",
        "http_port": port,
        "gevent_port": free_port(),
        "proxy_mode": True,
        "max_cron_threads": 0,
    }
    lines = [f"{name} = {value}\n" for name, value in options.items()]
    (folder / "odoo.conf").write_text("[options]\n" + "".join(lines))
    with Processes() as processes:
        env = {**os.environ, "ODOO_RC": str(folder / "odoo.conf")}
        processes.start("Odoo", [sys.executable, PROGRAM], f"nginx-{port}", env)
        log = processes.running[-1][2]
        processes.wait(f"http://127.0.0.1:{port}/web/health")
        with Proxy(folder, port).running() as site:
            yield site
    log.unlink(missing_ok=True)


def test_the_portal_behind_it(portal):
    response = portal.ask("/support/api/1/nothing")
    assert response.status == 404
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert response.headers.get_all("Strict-Transport-Security")


def test_the_session_behind_it(portal):
    """Odoo knows that the browser is connected by TLS; each flag is there once."""
    path, body = "/web/webclient/version_info", '{"jsonrpc": "2.0", "params": {}}'
    response = portal.ask(path, "POST", body, Content_Type="application/json")
    cookies = response.headers.get_all("Set-Cookie")
    [cookie] = [each for each in cookies if each.startswith("session_id=")]
    flags = [flag.strip().lower() for flag in cookie.split(";")[1:]]
    for flag in ("secure", "httponly", "samesite=lax"):
        assert flags.count(flag) == 1, cookie


def test_the_login_behind_it(portal):
    """Whoever is sent to the login comes by TLS, under the name of the portal."""
    response = portal.ask("/my/tickets?search=x")
    assert response.status == 303
    target = response.headers["Location"]
    assert target.startswith((f"https://{NAME}/web/login", "/web/login")), target


def test_a_broken_port_behind_it(portal):
    for host in (f"{NAME}:x", f"{NAME}:99999999"):
        assert portal.ask("/support/api/1/nothing", host=host).status in (400, 404)

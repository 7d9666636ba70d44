"""Downloads resume, and a file whose checksum is wrong is never taken."""

from __future__ import annotations

import hashlib
import ssl
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local.artifacts import Artifact, ArtifactError, Store, locked, unpack

CONTENT = bytes(range(256)) * 4096
JAR = Artifact("kafka", "org.example", "thing", "1.0", "jar", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@dataclass
class Repository:
    """A small Maven repository that can fail on purpose."""

    content: bytes = CONTENT
    cut_after: int = 0
    refuse_first: int = 0
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""
    server: ThreadingHTTPServer | None = None

    def behind_a_gateway(self, certificate: Path) -> None:
        """TLS with a certificate only that file vouches for, as an office's gateway does it."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        signed = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        private = certificate.with_suffix(".key")
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, private)
        assert self.server
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted))
        if len(self.asked) <= self.refuse_first:
            request.send_error(503)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        request.send_response(206 if start else 200)
        body = self.content[start:]
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.cut_after and len(self.asked) == 1:
            body = body[: self.cut_after]  # the connection breaks before the announced end
        request.wfile.write(body)


@pytest.fixture
def repository() -> Iterator[Repository]:
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            repository.answer(self)

        def log_message(self, format: str, *_args: object) -> None:
            pass

    server = repository.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    repository.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield repository
    server.shutdown()
    server.server_close()


@pytest.fixture
def store(tmp_path: Path, repository: Repository) -> Store:
    return Store(tmp_path, repository.url)


def leave_part(store: Store, content: bytes) -> None:
    part = store.path(JAR).with_suffix(".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(content)


def test_fetched_once(store: Store, repository: Repository) -> None:
    store.fetch([JAR])
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT
    assert repository.asked == [("/org/example/thing/1.0/thing-1.0.jar", None)]


def test_a_partial_download_is_resumed(store: Store, repository: Repository) -> None:
    leave_part(store, CONTENT[:1000])
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT
    assert [wanted for _path, wanted in repository.asked] == ["bytes=1000-"]


def test_a_broken_connection_is_resumed_in_the_same_run(store: Store, repository: Repository) -> None:
    repository.cut_after = 300_000
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT
    assert len(repository.asked) == 2
    assert repository.asked[1][1] is not None


def test_a_busy_server_is_asked_again(store: Store, repository: Repository) -> None:
    repository.refuse_first = 2
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT


def test_a_server_without_ranges_sends_all_again(store: Store, repository: Repository) -> None:
    repository.ranges = False
    leave_part(store, CONTENT[:1000])
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT


def test_a_damaged_partial_is_replaced(store: Store, repository: Repository) -> None:
    leave_part(store, b"\0" * 5000)
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT
    assert [wanted for _path, wanted in repository.asked] == ["bytes=5000-", None]


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(store: Store, repository: Repository) -> None:
    repository.content = CONTENT[:-1] + b"!"
    with pytest.raises(ArtifactError, match=r"thing-1\.0\.jar"):
        store.fetch([JAR])
    assert [path for path in store.folder.rglob("*") if path.is_file() and "thing" in path.name] == []


def test_a_damaged_resume_of_a_wrong_file_is_refused(store: Store, repository: Repository) -> None:
    leave_part(store, CONTENT[:1000])
    repository.content = b"?" * len(CONTENT)
    with pytest.raises(ArtifactError, match="checksum"):
        store.fetch([JAR])
    assert not store.path(JAR).exists()


def test_a_missing_file_names_the_setting_for_a_mirror(tmp_path: Path, repository: Repository) -> None:
    repository.answer = lambda request: request.send_error(404)  # type: ignore[method-assign]
    with pytest.raises(ArtifactError, match="WUFANG_MAVEN_URL"):
        Store(tmp_path, repository.url).fetch([JAR])


def test_a_gateway_the_machine_trusts_is_trusted(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.behind_a_gateway(tmp_path / "gateway.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gateway.pem"))
    store = Store(tmp_path, repository.url)
    store.fetch([JAR])
    assert store.path(JAR).read_bytes() == CONTENT


def test_a_certificate_nobody_vouches_for_is_named_at_once(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.behind_a_gateway(tmp_path / "gateway.pem")
    monkeypatch.setattr("time.sleep", lambda _seconds: pytest.fail("tried again"))
    with pytest.raises(ArtifactError, match="SSL_CERT_FILE"):
        Store(tmp_path, repository.url).fetch([JAR])
    assert repository.asked == []


def test_progress_counts_each_byte_once(store: Store, repository: Repository) -> None:
    counted: list[int] = []
    leave_part(store, b"\0" * 5000)
    store.fetch([JAR], counted.append)
    assert sum(counted) == len(CONTENT)


def test_unpacked_whole_or_not_at_all(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        tool = zipfile.ZipInfo("top-1/bin/tool")
        tool.external_attr = 0o755 << 16
        zipped.writestr(tool, "#!/bin/sh\n")
    (tmp_path / "top.half").mkdir()
    (tmp_path / "top.half" / "left over").touch()
    top = unpack(archive, tmp_path / "top")
    assert sorted(path.name for path in top.iterdir()) == ["bin"]
    assert (top / "bin" / "tool").stat().st_mode & 0o111


def test_the_lock_names_every_file_once_and_no_address() -> None:
    files = locked()
    assert len({file.repository_path for file in files}) == len(files) > 40
    assert {file.part for file in files} == {"kafka", "elasticsearch"}
    assert all(len(file.sha256) == 64 and file.size > 0 for file in files)
    assert "://" not in str(replace(files[0])) + "".join(file.repository_path for file in files)

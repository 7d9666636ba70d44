"""Fetch the servers' files once into the cache: resumable, checked; a wrong byte is refused."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import ssl
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

LOCK_FILE = Path(__file__).with_name("artifacts.lock.json")
CHUNK = 1 << 18
Progress = Callable[[int], None]


class ArtifactError(Exception):
    """A file of a server cannot be had, or is not the one that was locked."""


@dataclass(frozen=True)
class Artifact:
    part: str
    group: str
    artifact: str
    version: str
    packaging: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.{self.packaging}"

    @property
    def repository_path(self) -> str:
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.filename}"


def cache_folder() -> Path:
    """WUFANG_CACHE, else the user's cache folder."""
    if given := os.environ.get("WUFANG_CACHE"):
        return Path(given).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "wufang"


def repository_url() -> str:
    """The Maven repository: WUFANG_MAVEN_URL names a mirror, else jgo's own default."""
    from jgo.constants import MAVEN_CENTRAL_URL  # a third of a second, and only downloads need it

    return os.environ.get("WUFANG_MAVEN_URL", MAVEN_CENTRAL_URL).rstrip("/")


def locked(lock_file: Path = LOCK_FILE) -> list[Artifact]:
    return [Artifact(**entry) for entry in json.loads(lock_file.read_text(encoding="utf-8"))]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Store:
    """One cache folder: `fetch` brings what is missing, `path` says where a file lies."""

    def __init__(self, folder: Path | None = None, url: str | None = None) -> None:
        self.folder = folder or cache_folder()
        self._url = url

    def path(self, artifact: Artifact) -> Path:
        return self.folder / "maven" / artifact.repository_path

    def missing(self, artifacts: list[Artifact]) -> list[Artifact]:
        # the size is enough here: a file gets its final name only after its checksum was right
        return [a for a in artifacts if _size(self.path(a)) != a.size]

    def fetch(self, artifacts: list[Artifact], progress: Progress = lambda _bytes: None) -> None:
        """Bring every missing file; `progress` is told of bytes as they come, from several threads."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            file_lock(self.folder / "fetch.lock"),
            httpx.Client(timeout=60, follow_redirects=True, verify=_trusted()) as client,
            ThreadPoolExecutor(4) as pool,
        ):
            list(pool.map(lambda a: self._fetch_one(client, a, progress), self.missing(artifacts)))

    def _fetch_one(self, client: httpx.Client, artifact: Artifact, progress: Progress) -> None:
        part = self.path(artifact).with_suffix(".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        resumed = _size(part) > 0
        self._download(client, artifact, part, progress)
        if resumed and sha256_of(part) != artifact.sha256:
            # the piece that lay here may have been of another file: once more from the start
            progress(-_size(part))
            part.unlink()
            self._download(client, artifact, part, progress)
        accept(part, artifact, self.path(artifact))

    def _download(self, client: httpx.Client, artifact: Artifact, part: Path, progress: Progress) -> None:
        url = f"{self._url or repository_url()}/{artifact.repository_path}"
        progress(min(_size(part), artifact.size))
        retrying = Retrying(
            retry=retry_if_exception(_may_pass),
            wait=wait_exponential(multiplier=0.5, max=10),
            stop=stop_after_attempt(6),
            reraise=True,
        )
        try:
            retrying(_stream, client, url, part, progress)
        except (httpx.TransportError, _TryAgainError) as error:
            if _untrusted(error):
                raise ArtifactError(
                    f"下载站点的证书不受信任：请把本单位网关的根证书装入系统，或用 SSL_CERT_FILE 指明其文件 / "
                    f"certificate not trusted: install your gateway's root certificate, or name it in SSL_CERT_FILE: "
                    f"{url}"
                ) from error
            raise ArtifactError(
                f"下载中断，重试即可续传 / download failed, run it again to resume: {url} ({error})"
            ) from error


class _TryAgainError(Exception):
    """The server answered something that may be better next time."""


def _trusted() -> ssl.SSLContext:
    """The usual authorities and the machine's own: only there is an office's gateway known that opens TLS."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def _untrusted(error: BaseException) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, httpx.TransportError | _TryAgainError) and not _untrusted(error)


def _stream(client: httpx.Client, url: str, part: Path, progress: Progress) -> None:
    have = _size(part)
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it was there; the checksum decides
        _check_status(answer, url)
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if not resumed:
            progress(-have)
        with part.open("ab" if resumed else "wb") as file:
            for chunk in answer.iter_raw(CHUNK):
                file.write(chunk)
                progress(len(chunk))


def _check_status(answer: httpx.Response, url: str) -> None:
    if answer.status_code in (429, 500, 502, 503, 504):
        raise _TryAgainError(f"HTTP {answer.status_code}")
    if answer.status_code not in (200, 206):
        raise ArtifactError(
            f"无法下载 {url}（HTTP {answer.status_code}）；可用 WUFANG_MAVEN_URL 指定镜像 / "
            f"cannot download it; WUFANG_MAVEN_URL names a mirror"
        )


def accept(part: Path, artifact: Artifact, target: Path) -> None:
    """Give a downloaded file its final name, or refuse and remove it when its checksum is wrong."""
    found = sha256_of(part)
    if found != artifact.sha256:
        part.unlink()
        raise ArtifactError(
            f"校验和不符，已拒绝 / checksum mismatch, refused: {artifact.filename} "
            f"(expected {artifact.sha256}, found {found})"
        )
    part.replace(target)


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip with one top folder below `folder`, whole or not at all; answers that top folder."""
    with file_lock(folder.with_suffix(".lock")):
        if not folder.exists():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            _extract(archive, half)
            half.replace(folder)
    (top,) = folder.iterdir()
    return top


def _extract(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
        for info in zipped.infolist():
            if mode := info.external_attr >> 16:
                (folder / info.filename).chmod(mode & 0o777)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Post to the centre over HTTPS."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from service.errors import BadInput, one_line
from service.sync import Answer, Unreached

CONNECT_S = 10.0
ANSWER_S = 60.0
"""seconds for the centre to store a batch"""
LARGEST = 1 << 20
"""bytes of an answer that are read"""


class HttpPost:
    """Keeps a connection to one server."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer; Unreached if there is none, or one that is too large."""
        try:
            with self._client.stream("POST", path, headers=dict(headers), content=body) as answer:
                content = b""
                for some in answer.iter_bytes():
                    content += some
                    if len(content) > LARGEST:
                        raise Unreached("the answer is too large for a centre's")
                return Answer(
                    status=answer.status_code, headers=dict(answer.headers), content=content
                )
        except httpx2.HTTPError as error:
            raise Unreached(one_line(error) or type(error).__name__) from None


@contextmanager
def connected(url: str, authority: Path | None) -> Iterator[HttpPost]:
    """What posts to the server of `url`; BadInput if the authority's file cannot be used."""
    context = ssl.create_default_context()
    if authority is not None:
        try:
            context = ssl.create_default_context(cafile=str(authority))
        except (OSError, ssl.SSLError) as error:
            raise BadInput(
                f"centre.authority: {authority} cannot be used: {one_line(error)}"
            ) from None
    server = httpx2.URL(url).copy_with(raw_path=b"/")
    timeout = httpx2.Timeout(ANSWER_S, connect=CONNECT_S)
    # Nothing of the environment: a proxy named there would get the results.
    with httpx2.Client(base_url=server, verify=context, timeout=timeout, trust_env=False) as client:
        yield HttpPost(client)

"""A request is signed as RFC 9421 says, and nothing of it can be changed."""

from __future__ import annotations

import pytest

from db.seal import Signer
from service import batch, signing
from service.signing import Unsigned

SIGNER = Signer.new()
BODY = b"what is sent"


def request(**changes: str) -> dict[str, str]:
    """The headers of a signed request."""
    headers = dict(batch.HEADERS)
    headers |= signing.sign(
        SIGNER, method="POST", path="/v1/batches", headers=headers, body=BODY, created=1
    )
    return headers | changes


def test_what_is_signed_is_the_base_of_the_standard() -> None:
    """RFC 9421, 2.5: a line for each component, then the parameters, no line's end after them."""
    base = signing._base("POST", "/v1/batches", request(), "(…)")
    assert base.decode().split("\n") == [
        '"@method": POST',
        '"@path": /v1/batches',
        '"content-type": application/x-ndjson',
        '"content-encoding": gzip',
        f'"content-digest": {signing.digest(BODY)}',
        '"@signature-params": (…)',
    ]


def test_a_signed_request_holds() -> None:
    """And says whose key it is."""
    headers = request()
    assert signing.key_of(headers) == SIGNER.public_key
    signing.check(headers, method="POST", path="/v1/batches", body=BODY)


def test_another_method_path_or_body_does_not() -> None:
    """Each is under the signature."""
    for method, path, body in (
        ("PUT", "/v1/batches", BODY),
        ("POST", "/v1/batches/", BODY),
        ("POST", "/v1/batches", BODY[:-1]),
    ):
        with pytest.raises(Unsigned):
            signing.check(request(), method=method, path=path, body=body)


@pytest.mark.parametrize("name", [*batch.HEADERS, "content-digest", "signature", "signature-input"])
def test_another_header_does_not(name: str) -> None:
    """Changed, or gone."""
    good = request()
    for headers in (
        {**good, name: good[name].replace("a", "b", 1) + " "},
        {n: v for n, v in good.items() if n != name},
        {**good, name: ""},
    ):
        with pytest.raises(Unsigned):
            signing.check(headers, method="POST", path="/v1/batches", body=BODY)


def test_another_key_or_moment_does_not() -> None:
    """They are parameters of the signature."""
    good = request()
    other = good["signature-input"].replace(SIGNER.public_key, Signer.new().public_key)
    later = good["signature-input"].replace("created=1", "created=2")
    for text in (other, later):
        with pytest.raises(Unsigned, match="does not hold"):
            signing.check(
                {**good, "signature-input": text}, method="POST", path="/v1/batches", body=BODY
            )

"""Sign a request with a booth's key, and check it: RFC 9421 with RFC 9530, as little as is needed.

One signature, `changshou`, by Ed25519, over method, path, type, encoding and the body's digest.
The moment is in it but is not judged: a booth whose clock is wrong must still deliver, and what is
sent again is stored once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from db.seal import Signer, signed

COVERED = ("@method", "@path", "content-type", "content-encoding", "content-digest")
"""what is signed, in this order"""
TAG = "changshou-batch-1"
"""what the signature is for, so that it passes for nothing else"""
_NAMES = " ".join(f'"{name}"' for name in COVERED)
_INPUT = re.compile(
    rf"changshou=(\({re.escape(_NAMES)}\);created=[0-9]{{1,12}};"
    rf'keyid="([0-9a-f]{{64}})";alg="ed25519";tag="{TAG}")'
)
_SIGNATURE = re.compile(r"changshou=:([A-Za-z0-9+/]{86}==):")


class Unsigned(Exception):
    """The request is not signed as it must be; says how."""


def digest(body: bytes) -> str:
    """The header Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(
    signer: Signer, *, method: str, path: str, headers: Mapping[str, str], body: bytes, created: int
) -> dict[str, str]:
    """The headers that a request needs besides `headers`; `created` is in seconds of 1970."""
    made = {"content-digest": digest(body)}
    params = f'({_NAMES});created={created};keyid="{signer.public_key}";alg="ed25519";tag="{TAG}"'
    signature = bytes.fromhex(signer.sign(_base(method, path, {**headers, **made}, params)))
    made["signature-input"] = f"changshou={params}"
    made["signature"] = f"changshou=:{base64.b64encode(signature).decode()}:"
    return made


def key_of(headers: Mapping[str, str]) -> str:
    """The public key that signed, as the request says; Unsigned if it does not."""
    return _input(headers)[1]


def check(headers: Mapping[str, str], *, method: str, path: str, body: bytes) -> None:
    """Hold a request against its digest and its signature; Unsigned if it does not hold."""
    params, key = _input(headers)
    if headers.get("content-digest") != digest(body):
        raise Unsigned("Content-Digest is not the SHA-256 of the body: it was cut or changed")
    found = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None:
        raise Unsigned("Signature is not written as changshou=:…:")
    signature = base64.b64decode(found[1]).hex()
    if not signed(key, _base(method, path, headers, params), signature):
        raise Unsigned("the signature does not hold")


def _input(headers: Mapping[str, str]) -> tuple[str, str]:
    found = _INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise Unsigned(f"Signature-Input is not changshou=({_NAMES}) with created, keyid, alg, tag")
    return found[1], found[2]


def _base(method: str, path: str, headers: Mapping[str, str], params: str) -> bytes:
    """The signature base of RFC 9421, 2.5."""
    values = {"@method": method, "@path": path, **headers}
    lines = [f'"{name}": {values.get(name, "")}' for name in COVERED]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode()

"""A passkey as a browser keeps it: a key pair and the answers signed by it."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT_AND_VERIFIED = b"\x05"
NEVER_COUNTED = bytes(4)


def encode(value):
    """Return bytes as WebAuthn writes them."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


class Passkey:
    """A P-256 key on a device of ``user``, known to Odoo."""

    def __init__(self, user):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = encode(os.urandom(32))
        passkey = user.env["auth.passkey.key"].with_user(user).sudo()
        record = passkey.create({"name": "Phone", "credential_identifier": self.name})
        user.env.flush_all()
        # Odoo writes it like this: the field itself can't be written
        user.env.cr.execute(
            "UPDATE auth_passkey_key SET public_key = %s WHERE id = %s",
            [urlsafe_b64encode(self.public_key()).decode(), record.id],
        )

    def public_key(self):
        """Return the public key as COSE, see RFC 9053, section 7.1."""
        numbers = self.key.public_key().public_numbers()
        x, y = (value.to_bytes(32, "big") for value in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def sign(self, challenge, base_url):
        """Return the browser's answer to a challenge, as the login page posts it."""
        client = {"type": "webauthn.get", "challenge": challenge, "origin": base_url}
        client = json.dumps(client).encode()
        device = hashlib.sha256(urlsplit(base_url).hostname.encode()).digest()
        device += USER_PRESENT_AND_VERIFIED + NEVER_COUNTED
        signed = device + hashlib.sha256(client).digest()
        answer = {
            "authenticatorData": encode(device),
            "clientDataJSON": encode(client),
            "signature": encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        return json.dumps(
            {
                "id": self.name,
                "rawId": self.name,
                "type": "public-key",
                "response": answer,
                "clientExtensionResults": {},
            }
        )

"""Prints vectors.json: signatures computed without any code of this crate.

    python3 make_vectors.py > vectors.json
"""

import base64
import hashlib
import hmac
import json

CASES = [
    (
        "cps_test_not_a_real_secret",
        b'{"type":"PAY_IN","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","status":"payment_received"}}',
        1781950530,
    ),
    ("api-secret", b'{"type":"PAY_IN","data":{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g"}}', 1764000000),
    ("s", b"{}", 0),
    ("clave-secreta-\u00f1", '{"holder":"Jos\u00e9 N\u00fa\u00f1ez"}'.encode(), 1775642400),
    ("k" * 64, b'{"type": "COINS_SENT", "data": {"txid": "0xabc"}}\n', 1764000001),
    ("k" * 65, b'[1,2,3]', 4102444800),
    ("k" * 200, b'{"fiat_amount":15050,"coin_amount":148.320000000000000001}', 1764000002),
    (" padded secret ", b'null', 1764000003),
    ("api-secret", b'{"url":"https:\\/\\/example.com\\/\\u00e9"}', 18446744073709551615),
    ("api-secret", b'{"a":"' + b"x" * 1000 + b'"}', 1764000004),
]

vectors = []
for secret, body, timestamp in CASES:
    tag = hmac.new(secret.encode(), body + str(timestamp).encode(), hashlib.sha256).digest()
    vectors.append(
        {
            "secret": secret,
            "body_base64": base64.b64encode(body).decode(),
            "timestamp": str(timestamp),
            "hex": tag.hex(),
            "hex_upper": tag.hex().upper(),
            "base64": base64.b64encode(tag).decode(),
            "base64_unpadded": base64.b64encode(tag).decode().rstrip("="),
            "base64_url": base64.urlsafe_b64encode(tag).decode(),
            "base64_url_unpadded": base64.urlsafe_b64encode(tag).decode().rstrip("="),
        }
    )

print(json.dumps(vectors, indent=1))

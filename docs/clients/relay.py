"""Sends orders to the relay, and checks its callbacks: to be pasted into a bot. Python 3.9 or later, and nothing beside it.

A library for the second half is ``standardwebhooks`` (PyPI): ``Webhook(secret).verify(raw_body, headers)``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import random
import re
import time
import urllib.error
import urllib.request
from typing import Any, Mapping, Sequence

# Longer than this nobody waits in here: send it again later.
LONGEST_PAUSE_SECONDS = 60


class NotAnswered(Exception):
    """No answer that counts: the order may have been accepted or not. Send it again, under the same ``external_id``."""


def send_order(
    order: Mapping[str, Any],
    *,
    url: str,
    token: str,
    wait_seconds: int = 0,
    timeout_seconds: float | None = None,
    attempts: int = 5,
    backoff_seconds: float = 1,
) -> tuple[int, dict[str, Any]]:
    """Posts an order, and posts it again while the failure is one that passes.

    Each attempt sends the same bytes under the same ``external_id``, so however many of them arrive, it is one order.
    It blocks: in a bot that is asynchronous call it by ``asyncio.to_thread``.

    :param url: of the relay, such as https://orders.example.com
    :param wait_seconds: how long the relay may wait for the CRM: whole seconds, at most 20
    :param timeout_seconds: of one attempt; 15 more than ``wait_seconds`` unless told otherwise
    :param backoff_seconds: the first pause; each is twice as long as the one before it
    :returns: the status and the body. 200: in the CRM, as ``crm_order_id``. 202: accepted (``error`` says if something
        is wrong by now). Anything else: refused for good, ``explanations`` say why.
    :raises NotAnswered:
    """
    request = urllib.request.Request(
        f"{url.rstrip('/')}/orders" + (f"?wait={wait_seconds}" if wait_seconds > 0 else ""),
        data=json.dumps(order, ensure_ascii=False).encode(),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        method="POST",
    )
    timeout = wait_seconds + 15 if timeout_seconds is None else timeout_seconds

    attempt = 0
    while True:
        attempt += 1
        retry_after = 0.0
        failure: Exception | None = None
        try:
            status, headers, body, text = _post(request, timeout)
            # These pass by themselves. All else stays as it is, however often it is sent.
            if 200 <= status < 300:
                if _is_of(order, body):
                    return status, body
                failure = ValueError(f"{status}, but not from the relay: {text}")
            elif status not in (408, 429) and status < 500:
                return status, body
            else:
                failure = ValueError(f"the answer was {status}")
            retry_after = _seconds(headers.get("retry-after"))
        except (OSError, http.client.HTTPException) as error:
            failure = error
        # By chance up to half as much again: whoever failed together does not come back together.
        pause = max(retry_after, backoff_seconds * 2 ** (attempt - 1) * random.uniform(1, 1.5))
        if attempt >= attempts or pause > LONGEST_PAUSE_SECONDS:
            raise NotAnswered(f"Order {order['external_id']}: no answer in {attempt} attempts ({failure})") from failure
        time.sleep(pause)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is not followed: it would take the order, and the token, to somebody else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _post(request: urllib.request.Request, timeout: float) -> tuple[int, Mapping[str, str], dict[str, Any], str]:
    """The status, the headers, the body as an object, and how it begins."""
    try:
        with _opener.open(request, timeout=timeout) as response:
            raw = response.read()
            return response.status, response.headers, _read(raw), raw[:80].decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            try:
                raw = refusal.read()
            except (OSError, http.client.HTTPException):
                # Broken off: refused all the same.
                raw = b""
        return refusal.code, refusal.headers, _read(raw), raw[:80].decode(errors="replace")


def _read(raw: bytes) -> dict[str, Any]:
    """What is no JSON, or no object, is the word of something before the relay."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _is_of(order: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """A proxy, a captive portal or a wrong address says yes to anything: only the relay says of which order, and where it is."""
    return body.get("external_id") == order["external_id"] and isinstance(body.get("state"), str)


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after is not None and re.fullmatch(r"[0-9]{1,9}", retry_after) else 0.0


def explanations_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong, of an answer of ``send_order`` or the ``data`` of a callback: what the customer can mend first."""
    error = body.get("error")
    # Whoever is not the relay may have an "error", too, which is not of this form.
    return (error if isinstance(error, dict) else body).get("explanations") or []


def customer_text(body: Mapping[str, Any], language: str = "uk") -> str | None:
    """What to send to the customer, of an answer of ``send_order`` or the ``data`` of a callback.

    :returns: ``None`` where nothing is wrong, or where whoever answered was not the relay
    """
    explanations = explanations_of(body)
    theirs = [explanation for explanation in explanations if explanation["who"] == "customer"]
    told = [explanation[language]["customer"] for explanation in theirs or explanations[:1]]
    return "\n".join(dict.fromkeys(told)) or None


TOLERANCE_SECONDS = 5 * 60


def verify_callback(
    raw_body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: float | None = None
) -> dict[str, Any] | None:
    """Reads a callback, if the relay has signed it (Standard Webhooks: HMAC-SHA-256 of ``id.timestamp.body``).

    :param raw_body: the bytes as they came: JSON that was read and written again has other bytes
    :param secrets: ``whsec_…``; two of them while one is being changed for the other
    :param now: in seconds since 1970
    :returns: ``None`` where it is not signed, or too old: answer 401
    """
    names = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, signatures = (names.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not event_id or not signatures or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return None
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        return None

    # Headers hold whatever a stranger sends: as bytes, nothing of it can raise.
    given = [one[3:].encode(errors="surrogateescape") for one in signatures.split(" ") if one.startswith("v1,")]
    signed = f"{event_id}.{timestamp}.".encode(errors="surrogateescape") + raw_body
    for key in [_key_of(secret) for secret in secrets]:
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        if any([hmac.compare_digest(one, wanted) for one in given]):
            return json.loads(raw_body)
    return None


def _key_of(secret: str) -> bytes:
    """A secret that is empty or cut would let everybody sign: better to stop."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < 24:
        raise ValueError("A secret is whsec_ and at least 24 bytes in base64")
    return key

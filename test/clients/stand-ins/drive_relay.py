"""Answers lines of JSON with what docs/clients/relay.py makes of them, several at the same time.

{"n": 1, "order": {…}, "options": {…}}                                → {"n": 1, "answer": [202, {…}]}, null: NotAnswered, which said so
{"n": 2, "body": "…", "headers": {…}, "secrets": […], "now": null}   → {"n": 2, "event": {…}}, null: not signed
{"n": 3, "text_of": {…}, "language": "uk"}                            → {"n": 3, "text": "…"}
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from relay import NotAnswered, customer_text, send_order, verify_callback


def answer(line):
    if "order" in line:
        try:
            return {"answer": send_order(line["order"], token="local", backoff_seconds=0.02, **line["options"])}
        except NotAnswered as error:
            return {"answer": None, "said": str(error)}
    if "text_of" in line:
        return {"text": customer_text(line["text_of"], line["language"])}
    # A header may hold bytes that are no text: aiohttp hands them on as surrogates.
    headers = {name: value.encode().decode("ascii", "surrogateescape") for name, value in line["headers"].items()}
    return {"event": verify_callback(line["body"].encode(), headers, line["secrets"], line["now"])}


def deal_with(line):
    try:
        result = answer(line)
    except Exception as error:
        result = {"failed": f"{type(error).__name__}: {error}"}
    # In one piece, because others are writing too.
    sys.stdout.write(json.dumps({"n": line["n"], **result}) + "\n")
    sys.stdout.flush()


with ThreadPoolExecutor(max_workers=32) as pool:
    for text in sys.stdin:
        pool.submit(deal_with, json.loads(text))

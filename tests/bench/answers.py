# SPDX-License-Identifier: MIT
"""Catalogues for the benchmarks: the real answers, and larger ones made of them by renaming."""
import copy
import itertools
import json
import tarfile

from modelsync_test import shared_data


def captures():
    """The texts of the real answers, in order of time."""
    with tarfile.open(shared_data("openrouter-captures.tar.xz")) as archive:
        files = sorted((m for m in archive if m.name.endswith(".json")), key=lambda m: m.name)
        return [archive.extractfile(member).read().decode("utf-8") for member in files]


def renamed(entry, number):
    """A copy of a model under another id and slug; number 0 is the model itself."""
    entry = copy.copy(entry)
    if number:
        name, colon, variant = entry["id"].partition(":")
        entry["id"] = "%s-copy%d%s%s" % (name, number, colon, variant)
        entry["canonical_slug"] = "%s-copy%d" % (entry.get("canonical_slug"), number)
    return entry


def grown(text, size):
    """A catalogue of so many models, made of an answer."""
    models = json.loads(text)["data"]
    copies = (renamed(model, number) for number in itertools.count() for model in models)
    return {"data": list(itertools.islice(copies, size)), "total_count": size, "links": {"next": None}}


def touched(catalogue, every, price):
    """The same with another price in every so many-th model."""
    models = [
        dict(model, pricing=dict(model["pricing"], prompt=price)) if number % every == every // 2 else model
        for number, model in enumerate(catalogue["data"])
    ]
    return dict(catalogue, data=models)


def as_text(catalogue):
    """As upstream writes it: without spaces, and letters as they are."""
    return json.dumps(catalogue, ensure_ascii=False, separators=(",", ":"))

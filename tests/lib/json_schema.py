# SPDX-License-Identifier: MIT
"""As much of JSON Schema as openapi.json uses, and strictly: a member that no schema has is wrong."""
import datetime

TYPES = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
KNOWN = {"$ref", "anyOf", "type", "enum", "format", "items", "properties", "required",
         "additionalProperties", "description"}


def _is_type(name, value):
    if name in ("integer", "number"):
        return isinstance(value, (int, float) if name == "number" else int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def resolve(document, schema):
    """The schema that a $ref names, or the schema itself."""
    while "$ref" in schema:
        target = document
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def problems(document, schema, value, path="$"):
    """What is wrong with a value, as a list of texts."""
    schema = resolve(document, schema)
    unknown = set(schema) - KNOWN
    if unknown:
        return ["%s: the schema itself: %s" % (path, sorted(unknown))]
    if "anyOf" in schema:
        tried = [problems(document, one, value, path) for one in schema["anyOf"]]
        return [] if any(not found for found in tried) else min(tried, key=len)
    if "type" in schema and not _is_type(schema["type"], value):
        return ["%s: %r is no %s" % (path, value, schema["type"])]
    if "enum" in schema and value not in schema["enum"]:
        return ["%s: %r is none of %s" % (path, value, schema["enum"])]
    if schema.get("format") == "date-time":
        datetime.datetime.fromisoformat(value)
    if isinstance(value, list):
        return [p for i, item in enumerate(value)
                for p in problems(document, schema.get("items", {}), item, "%s[%d]" % (path, i))]
    if isinstance(value, dict):
        return _object_problems(document, schema, value, path)
    return []


def _object_problems(document, schema, value, path):
    properties, found = schema.get("properties"), []
    if properties is not None:
        found += ["%s: no %s" % (path, name) for name in schema.get("required", []) if name not in value]
    for name, member in value.items():
        if properties is not None and name not in properties:
            found.append("%s: %s is not documented" % (path, name))
        else:
            one = (properties or {}).get(name, schema.get("additionalProperties", {}))
            found += problems(document, one, member, "%s.%s" % (path, name))
    return found

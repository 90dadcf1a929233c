#!/usr/bin/env python3
"""Cuts the operations Meridian uses out of the vendors' OpenAPI documents: extract.py FOLDER (with apollo/, vapi/, highlevel/apps/).

The result is plain JSON Schema: nullable becomes a null type, an object that names its properties allows no others (a name the vendor does not
know is either refused or silently ignored; both are bugs of ours), oneOf becomes anyOf (the vendors' alternatives overlap)."""
import hashlib
import json
import os
import sys

USED = {
    "apollo": ("apollo/apollo-rest-api-openapi.json",
               ["POST /mixed_people/api_search", "POST /people/bulk_match", "GET /webhook_result/{request_id}", "GET /users/api_profile"]),
    "vapi": ("vapi/vapi-openapi.json",
             ["POST /call", "GET /call", "GET /call/{id}", "GET /assistant/{id}", "GET /phone-number/{id}"]),
    "highlevel-contacts": ("highlevel/apps/contacts.json",
                           ["POST /contacts/upsert", "GET /contacts/{contactId}", "PUT /contacts/{contactId}", "POST /contacts/{contactId}/tasks",
                            "PUT /contacts/{contactId}/tasks/{taskId}/completed", "GET /contacts/{contactId}/notes", "POST /contacts/{contactId}/notes", "POST /contacts/{contactId}/tags",
                            "POST /contacts/search"]),
    "highlevel-conversations": ("highlevel/apps/conversations.json",
                                ["POST /conversations/messages", "GET /conversations/messages/export", "GET /conversations/search",
                                 "GET /conversations/messages/email/{id}"]),
    "highlevel-locations": ("highlevel/apps/locations.json", ["GET /locations/{locationId}"]),
    "highlevel-calendars": ("highlevel/apps/calendars.json",
                            ["GET /calendars/{calendarId}", "GET /calendars/{calendarId}/free-slots", "POST /calendars/events/appointments"]),
    "highlevel-opportunities": ("highlevel/apps/opportunities.json", ["GET /opportunities/search", "POST /opportunities/", "GET /opportunities/pipelines"]),
    "highlevel-oauth": ("highlevel/apps/oauth.json", ["POST /oauth/token"]),
}
# The body of the contact search is an empty object in the document, which points to a page of its own (doc.clickup.com/8631005/d/h/87cpx-158396); this is that page.
SEARCH_FILTER = {"anyOf": [
    {"type": "object", "required": ["group", "filters"], "additionalProperties": False, "properties": {
        "group": {"type": "string", "enum": ["AND", "OR"]}, "filters": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/SearchFilter"}}}},
    {"type": "object", "required": ["field", "operator"], "additionalProperties": False, "properties": {
        "field": {"type": "string"}, "operator": {"type": "string", "enum": ["eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range"]},
        "value": {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}, {"type": "array"}, {
            "type": "object", "additionalProperties": False, "properties": {"gte": {}, "lte": {}, "gt": {}, "lt": {}}}]}}}]}
FILLED = {"highlevel-contacts": {
    "SearchFilter": SEARCH_FILTER,
    "SearchBodyV2DTO": {"type": "object", "required": ["locationId", "pageLimit"], "properties": {
        "locationId": {"type": "string"}, "pageLimit": {"type": "integer", "minimum": 1, "maximum": 500}, "page": {"type": "integer", "minimum": 1},
        "searchAfter": {"type": "array"}, "query": {"type": "string", "maxLength": 75},
        "filters": {"type": "array", "items": {"$ref": "#/components/schemas/SearchFilter"}},
        "sort": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["field", "direction"], "properties": {
            "field": {"type": "string", "enum": ["firstNameLowerCase", "lastNameLowerCase", "businessName", "dateAdded", "dateUpdated", "email", "dnd", "source"]},
            "direction": {"type": "string", "enum": ["asc", "desc"]}}}}}}}}
KEEP = ("type", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "required")


def clean(s, strict=True):
    if not isinstance(s, dict):
        return s
    if "$ref" in s:
        return {"$ref": "#/definitions/" + s["$ref"].split("/")[-1]}
    out = {k: s[k] for k in KEEP if k in s and not (k == "required" and isinstance(s[k], bool))}
    if "pattern" in out and out["pattern"].startswith("/") and out["pattern"].endswith("/"):  # a JavaScript literal, slashes and all
        out["pattern"] = out["pattern"][1:-1]
    if isinstance(out.get("type"), str) and out["type"] not in ("string", "number", "integer", "boolean", "object", "array", "null"):
        out.pop("type")
    if out.get("type") == "array" and "enum" in out:  # their generator puts an item's words on the list
        s = {**s, "items": {**s.get("items", {}), "enum": out.pop("enum")}}
    if out.get("type") == "object" and "enum" in out and "properties" not in s:  # and calls a word an object
        out.pop("type")
    if "items" in s and s["items"] == {"type": "object"} and any(not isinstance(e, dict) for e in s.get("example") or [] if isinstance(s.get("example"), list)):
        s = {**s, "items": {}}
    if "properties" in s:
        out["properties"] = {n: clean(p) for n, p in s["properties"].items()}
        extra = s.get("additionalProperties")
        out["additionalProperties"] = clean(extra) if isinstance(extra, dict) else bool(extra) if extra is not None else not strict
    elif isinstance(s.get("additionalProperties"), (dict, bool)):
        out["additionalProperties"] = clean(s["additionalProperties"])
    if "items" in s:
        out["items"] = clean(s["items"])
    if "allOf" in s:
        if len(s["allOf"]) == 1 and "properties" not in out:
            out = {**clean(s["allOf"][0]), **{k: v for k, v in out.items() if k != "type"}}
        else:
            out["allOf"] = [clean(a, strict=False) for a in s["allOf"]]
    for word in ("oneOf", "anyOf"):
        if word in s:
            out["anyOf"] = [clean(a) for a in s[word]]
    if s.get("nullable"):
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
        if isinstance(out.get("type"), str):
            out["type"] = [out["type"], "null"]
        elif "$ref" in out or "anyOf" in out:
            out = {"anyOf": [out, {"type": "null"}]}
    return out


def shape(s, schemas, depth):
    """An answer's schema, written out and cut off below. A vendor may always add to what it says, so no name is forbidden; and a null is seen wherever
    there is nothing to say, whatever the document has, so only what is required may not be one."""
    if not isinstance(s, dict) or depth == 0:
        return {}
    if "$ref" in s:
        return shape(schemas.get(s["$ref"].split("/")[-1], {}), schemas, depth)
    out = clean({k: s[k] for k in ("type", "enum", "nullable", "required") if k in s})
    if isinstance(s.get("items"), dict) and "enum" not in s:
        out["items"] = or_null(shape(s["items"], schemas, depth))
    if "properties" in s:
        out["properties"] = {n: shape(p, schemas, depth - 1) for n, p in s["properties"].items()}
        out["properties"] = {n: p if n in out.get("required", []) else or_null(p) for n, p in out["properties"].items()}
    if "allOf" in s:
        parts = [shape(a, schemas, depth) for a in s["allOf"]]
        out = {**{k: v for k, v in out.items() if k != "type"}, **parts[0]} if len(parts) == 1 else {**out, "allOf": parts}
    for word in ("oneOf", "anyOf"):
        if word in s:
            out["anyOf"] = [shape(a, schemas, depth) for a in s[word]]
    return or_null(out) if s.get("nullable") else out


def or_null(s):
    if not s or "null" in s.get("type", []):
        return s
    return {"anyOf": [s, {"type": "null"}]} if "enum" in s or "anyOf" in s or "allOf" in s or not isinstance(s.get("type"), str) else {**s, "type": [s["type"], "null"]}


def answers(op, schemas, depth):
    for status, response in sorted(op.get("responses", {}).items()):
        if 200 <= int(status) < 300:
            for content in response.get("content", {}).values():
                yield {"status": int(status), "schema": shape(content.get("schema", {}), schemas, depth)}
                break


def refs(x):
    if isinstance(x, dict):
        for k, v in x.items():
            if k == "$ref":
                yield v.split("/")[-1]
            else:
                yield from refs(v)
    elif isinstance(x, list):
        for i in x:
            yield from refs(i)


def examples(op):
    """Refusals only: the vendors' examples of success name people."""
    for status, response in sorted(op.get("responses", {}).items()):
        if int(status) < 400:
            continue
        for media in response.get("content", {}).values():
            for name, example in (media.get("examples") or {}).items():
                yield {"status": int(status), "name": name, "body": example.get("value")}


def main(folder):
    here = os.path.dirname(os.path.abspath(__file__))
    for name, (path, used) in USED.items():
        raw = open(os.path.join(folder, path), "rb").read()
        spec = json.loads(raw)
        schemas = {**spec.get("components", {}).get("schemas", {}), **FILLED.get(name, {})}
        operations, todo = [], set()
        for each in used:
            method, at = each.split(" ")
            op = spec["paths"][at][method.lower()]
            body = None
            for media, content in op.get("requestBody", {}).get("content", {}).items():
                body = {"media": media, "schema": clean(content.get("schema", {}))}
                break
            query = [{"name": p["name"], "in": p["in"], "required": bool(p.get("required")), "schema": clean(p.get("schema", {}))}
                     for p in op.get("parameters", []) if "name" in p and p["in"] != "path"]
            operation = {"method": method, "path": at, "parameters": query, "body": body, "examples": list(examples(op)), "answers": list(answers(op, schemas, 2 if name == "vapi" else 4))}
            operations.append(operation)
            todo |= set(refs([query, body]))
        kept = {}
        while todo:
            n = todo.pop()
            if n in kept or n not in schemas:
                continue
            kept[n] = clean(schemas[n])
            todo |= set(refs(kept[n])) - set(kept)
        line = lambda v: json.dumps(v, separators=(",", ":"), ensure_ascii=False)
        with open(os.path.join(here, name + ".json"), "w", encoding="utf-8") as f:
            f.write('{"source":%s,"version":%s,"sha256":"%s",\n"operations":[\n' % (line(path), line(spec["info"].get("version", "")), hashlib.sha256(raw).hexdigest()))
            f.write(",\n".join(line(o) for o in operations))
            f.write('\n],\n"definitions":{\n')
            f.write(",\n".join(line(n) + ":" + line(kept[n]) for n in sorted(kept)))
            f.write("\n}}\n")
        print(name, len(operations), "operations", len(kept), "schemas")


main(sys.argv[1])

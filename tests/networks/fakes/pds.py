"""A personal data server that behaves as the real one was seen to, held to the lexicons."""

from __future__ import annotations

import base64
import hashlib
import json

import httpx2
from network_fakes import lexicon
from network_fakes.wire import FakeServer
from whenever import TimeDelta

DID = "did:plc:kopisenja2222222222222"
HANDLE = "kopisenja.test"
PASSWORD = "abcd-efgh-ijkl-mnop"
POST = "app.bsky.feed.post"


class FakePds(FakeServer):
    """One account, its records, blobs and sessions."""

    home = None
    """Where the account's document says that it lives."""

    def __init__(self, clock):
        super().__init__(clock)
        self.records = {}
        self.blobs = {}
        self.access = {}
        self.refresh = set()
        self.count = 0

    def answer(self, request):
        nsid = request.url.path.removeprefix("/xrpc/")
        status, body = self.METHODS[nsid](self, request)
        if status == 200:
            lexicon.validate_output(nsid, body)
        return httpx2.Response(status, json=body)

    def create_session(self, request):
        body = json.loads(request.content)
        lexicon.validate_input("com.atproto.server.createSession", body)
        if (body["identifier"], body["password"]) != (HANDLE, PASSWORD):
            return wrong(401, "AuthenticationRequired", "Invalid identifier or password")
        return 200, self._session()

    def refresh_session(self, request):
        token = bearer(request)
        if token not in self.refresh:
            return wrong(400, "ExpiredToken", "Token has been revoked")
        self.refresh.remove(token)
        return 200, self._session()

    def upload_blob(self, request):
        denied = self._denied(request)
        if denied:
            return denied
        ref = cid(request.content)
        self.blobs[ref] = request.content
        blob = {
            "$type": "blob",
            "ref": {"$link": ref},
            "mimeType": request.headers["content-type"],
            "size": len(request.content),
        }
        return 200, {"blob": blob}

    def create_record(self, request):
        denied = self._denied(request)
        if denied:
            return denied
        body = json.loads(request.content)
        lexicon.validate_input("com.atproto.repo.createRecord", body)
        try:
            lexicon.validate_record(body["record"])
            lexicon.check({"type": "string", "format": "tid"}, body["rkey"], POST, "rkey")
        except lexicon.LexiconError as error:
            return wrong(400, "InvalidRequest", f"Invalid {POST} record: {error}")
        if body["repo"] != DID:
            return wrong(400, "InvalidRequest", "Could not find repo")
        for ref in links(body["record"]):
            if ref not in self.blobs:
                return wrong(400, "BlobNotFound", f"Could not find blob: {ref}")
        if body["rkey"] in self.records:
            return wrong(500, "InternalServerError", "Internal Server Error")
        self.records[body["rkey"]] = body["record"]
        head = {"cid": cid(b"head"), "rev": body["rkey"]}
        return 200, {**self._strong(body["rkey"]), "commit": head, "validationStatus": "valid"}

    def get_record(self, request):
        params = dict(request.url.params)
        lexicon.validate_params("com.atproto.repo.getRecord", params)
        if params["repo"] != DID:
            return wrong(400, "InvalidRequest", "Could not find repo")
        if params["rkey"] not in self.records:
            return wrong(400, "RecordNotFound", f"Could not locate record: {params['rkey']}")
        strong = self._strong(params["rkey"])
        return 200, {**strong, "value": self.records[params["rkey"]]}

    METHODS = {
        "com.atproto.server.createSession": create_session,
        "com.atproto.server.refreshSession": refresh_session,
        "com.atproto.repo.uploadBlob": upload_blob,
        "com.atproto.repo.createRecord": create_record,
        "com.atproto.repo.getRecord": get_record,
    }

    def _session(self):
        self.count += 1
        ends = self.clock() + TimeDelta(hours=2)
        access = token({"scope": "access", "exp": ends.timestamp(), "jti": self.count})
        refresh = token({"scope": "refresh", "jti": self.count})
        self.access[access] = ends
        self.refresh.add(refresh)
        session = {"accessJwt": access, "refreshJwt": refresh, "handle": HANDLE, "did": DID}
        if self.home:
            service = {
                "id": "#atproto_pds",
                "type": "AtprotoPersonalDataServer",
                "serviceEndpoint": self.home,
            }
            session["didDoc"] = {"id": DID, "service": [service]}
        return session

    def _denied(self, request):
        ends = self.access.get(bearer(request))
        if ends is None:
            return wrong(401, "AuthMissing", "Authentication Required")
        if ends <= self.clock():
            return wrong(400, "ExpiredToken", "Token has expired")
        return None

    def _strong(self, rkey):
        record = json.dumps(self.records[rkey], sort_keys=True).encode()
        return {"uri": f"at://{DID}/{POST}/{rkey}", "cid": cid(record)}


def wrong(status, name, message):
    return status, {"error": name, "message": message}


def bearer(request):
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def token(claims):
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{middle}.c2lnbmF0dXJl"


def cid(content):
    digest = base64.b32encode(hashlib.sha256(content).digest()).decode().lower().rstrip("=")
    return f"bafkrei{digest}"


def links(value):
    """Give the refs of all blobs in a record."""
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            yield value["ref"]["$link"]
        for item in value.values():
            yield from links(item)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)

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
GATE = "app.bsky.feed.threadgate"
SERVICE = "video.bsky.app"


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
        self.gates = {}
        self.jobs = {}
        self.services = set()
        self.polls_needed = 0
        self.fails = ""
        self.bare = False
        self.known_video = False
        self.profile = {"active": True, "emailConfirmed": True}

    def answer(self, request):
        nsid = request.url.path.removeprefix("/xrpc/")
        # The video service is another server.
        assert (request.url.host == SERVICE) == nsid.startswith("app.bsky.video.")
        status, body = self.METHODS[nsid](self, request)
        if status == 200 and nsid != "com.atproto.repo.deleteRecord":
            lexicon.validate_output(nsid, body)
        if self.bare and status in {200, 409} and nsid == "app.bsky.video.uploadVideo":
            body = body["jobStatus"]
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
        refused = self._refused(body["repo"], body["rkey"], body["record"])
        if refused:
            return refused
        self.records[body["rkey"]] = body["record"]
        head = {"cid": cid(b"head"), "rev": body["rkey"]}
        return 200, {**self._strong(body["rkey"]), "commit": head, "validationStatus": "valid"}

    def apply_writes(self, request):
        denied = self._denied(request)
        if denied:
            return denied
        body = json.loads(request.content)
        lexicon.validate_input("com.atproto.repo.applyWrites", body)
        # All of them or none.
        for write in body["writes"]:
            assert write["value"]["$type"] == write["collection"]
            refused = self._refused(body["repo"], write["rkey"], write["value"])
            if refused:
                return refused
        results = []
        for write in body["writes"]:
            place = self.records if write["collection"] == POST else self.gates
            place[write["rkey"]] = write["value"]
            uri = f"at://{DID}/{write['collection']}/{write['rkey']}"
            written = cid(json.dumps(write["value"], sort_keys=True).encode())
            kind = "com.atproto.repo.applyWrites#createResult"
            results.append({"$type": kind, "uri": uri, "cid": written})
        return 200, {"commit": {"cid": cid(b"head"), "rev": write["rkey"]}, "results": results}

    def delete_record(self, request):
        denied = self._denied(request)
        if denied:
            return denied
        body = json.loads(request.content)
        lexicon.validate_input("com.atproto.repo.deleteRecord", body)
        assert body["repo"] == DID
        place = {POST: self.records, GATE: self.gates}[body["collection"]]
        place.pop(body["rkey"], None)
        return 200, {}

    def get_session(self, request):
        denied = self._denied(request)
        return denied or (200, {"did": DID, "handle": HANDLE, **self.profile})

    def service_auth(self, request):
        denied = self._denied(request)
        if denied:
            return denied
        params = dict(request.url.params)
        params["exp"] = int(params["exp"])
        lexicon.validate_params("com.atproto.server.getServiceAuth", params)
        assert params["aud"] == f"did:web:{request.url.host}"
        assert params["lxm"] == "com.atproto.repo.uploadBlob"
        self.services.add(f"service-token-{len(self.services)}-ABCDEFGHIJ")
        return 200, {"token": max(self.services)}

    def upload_video(self, request):
        if bearer(request) not in self.services:
            return wrong(401, "AuthMissing", "Authentication Required")
        assert dict(request.url.params) == {"did": DID, "name": "video.mp4"}
        assert request.headers["content-type"] == "video/mp4"
        blob = {
            "$type": "blob",
            "ref": {"$link": cid(request.content)},
            "mimeType": "video/mp4",
            "size": len(request.content),
        }
        name = f"job{len(self.jobs)}"
        self.jobs[name] = {"content": request.content, "blob": blob, "wait": self.polls_needed}
        if self.known_video:
            self.blobs[blob["ref"]["$link"]] = request.content
            job = {"jobId": name, "did": DID, "state": "JOB_STATE_COMPLETED", "blob": blob}
            return 409, {"jobStatus": {**job, "error": "already_exists"}}
        return 200, {"jobStatus": {"jobId": name, "did": DID, "state": "JOB_STATE_CREATED"}}

    def job_status(self, request):
        name = request.url.params["jobId"]
        job = self.jobs[name]
        said = {"jobId": name, "did": DID}
        if self.fails:
            failed = {"state": "JOB_STATE_FAILED", "failureCode": self.fails, "message": "Oh no"}
            return 200, {"jobStatus": {**said, **failed}}
        if job["wait"]:
            job["wait"] -= 1
            return 200, {"jobStatus": {**said, "state": "JOB_STATE_ENCODING", "progress": 40}}
        self.blobs[job["blob"]["ref"]["$link"]] = job["content"]
        done = {"state": "JOB_STATE_COMPLETED", "blob": job["blob"]}
        return 200, {"jobStatus": {**said, **done}}

    def _refused(self, repo, rkey, record):
        kind = record["$type"]
        try:
            lexicon.validate_record(record)
            lexicon.check({"type": "string", "format": "tid"}, rkey, kind, "rkey")
        except lexicon.LexiconError as error:
            return wrong(400, "InvalidRequest", f"Invalid {kind} record: {error}")
        if repo != DID:
            return wrong(400, "InvalidRequest", "Could not find repo")
        for ref in links(record):
            if ref not in self.blobs:
                return wrong(400, "BlobNotFound", f"Could not find blob: {ref}")
        if rkey in (self.records if kind == POST else self.gates):
            return wrong(500, "InternalServerError", "Internal Server Error")
        return None

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
        "com.atproto.repo.applyWrites": apply_writes,
        "com.atproto.repo.deleteRecord": delete_record,
        "com.atproto.server.getSession": get_session,
        "com.atproto.server.getServiceAuth": service_auth,
        "app.bsky.video.uploadVideo": upload_video,
        "app.bsky.video.getJobStatus": job_status,
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

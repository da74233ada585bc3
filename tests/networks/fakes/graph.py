"""What the fakes of Meta's three networks share: tokens, errors, pages, containers.

Every request is held to the names in `meta-fields.json`, and so is every answer.
"""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from urllib.parse import parse_qsl

import httpx2
from network_fakes.wire import FakeServer
from whenever import TimeDelta

NAMES = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "meta-fields.json").read_text("utf-8")
)
TOKEN = "graph-token-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MEDIA_HOST = "https://media.test/"
TITLES = re.compile(r"(?:^|\s)#(\w+)")


def error(message, code, subcode=None, status=400, **more):
    """Write an error down as the Graph API does."""
    body = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2"}
    if subcode:
        body["error_subcode"] = subcode
    return httpx2.Response(status, json={"error": body | more})


def refused(code, subcode=None, message="no", **more):
    """Give the body of an error, to be told to `fail`."""
    body = {"message": message, "type": "OAuthException", "code": code, **more}
    return {"error": body | ({"error_subcode": subcode} if subcode else {})}


GONE = (
    "Unsupported request: the object does not exist or can not be loaded due to missing permissions"
)


class FakeGraph(FakeServer):
    """One account at one of Meta's hosts."""

    network = ""
    host = ""
    version = "v26.0"
    grant_type = None
    scopes = None
    """What the token may do; None where it may not be asked."""
    ends = 0
    page_size = 3
    """Small, so that lists have pages."""

    def __init__(self, clock):
        super().__init__(clock)
        self.tokens = {TOKEN}
        self.access = [TOKEN]
        self.number = 17840000000000000

    def answer(self, request):
        assert request.url.scheme == "https"
        if request.url.path == "/refresh_access_token":
            return self._renew(request)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if token not in self.tokens:
            return error("Invalid OAuth access token.", 190, status=401)
        if request.url.host == "rupload.facebook.com":
            assert kind == "OAuth"
            return self.upload(request)
        assert kind == "Bearer"
        assert request.url.host == self.host, request.url
        _, version, *rest = request.url.path.split("/")
        assert version == self.version, request.url
        if rest == ["debug_token"] and self.scopes is not None:
            assert request.url.params["input_token"] in self.tokens
            told = {
                "is_valid": True,
                "scopes": self.scopes,
                "expires_at": self.ends,
                "type": "USER",
            }
            return httpx2.Response(200, json={"data": told})
        return self.graph(request, rest)

    def graph(self, request, rest):
        raise NotImplementedError

    def upload(self, request):
        raise AssertionError(request.url)

    def _renew(self, request):
        params = dict(request.url.params)
        assert params["grant_type"] == self.grant_type
        if params["access_token"] not in self.tokens:
            return error("Invalid OAuth access token.", 190, status=401)
        fresh = f"renewed-token-{len(self.tokens)}-ABCDEFGHIJKLMNOP"
        self.tokens.add(fresh)
        self.access.append(fresh)
        body = {"access_token": fresh, "token_type": "bearer", "expires_in": 5184000}
        return httpx2.Response(200, json=body)

    def names(self, kind):
        """Give the names that belong to something, from the contract and the documents."""
        groups = NAMES[self.network]
        return {name for group in groups.values() for name in group.get(kind, ())}

    def form(self, request, kind):
        """Read a form or multipart body and hold it to the names of its edge."""
        files = {}
        if request.headers["content-type"].startswith("multipart/"):
            head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
            message = message_from_bytes(head + request.content, policy=HTTP)
            form = {}
            for part in message.iter_parts():
                name = part.get_param("name", header="content-disposition")
                content = part.get_payload(decode=True)
                if part.get_filename() is None:
                    form[name] = content.decode()
                else:
                    files[name] = (part.get_filename(), content, part.get_content_type())
        else:
            pairs = parse_qsl(
                request.content.decode(),
                keep_blank_values=True,
                strict_parsing=bool(request.content),
            )
            form = dict(pairs)
            assert len(form) == len(pairs), pairs
        sent = {name.partition("[")[0] for name in (*form, *files)}
        assert sent <= self.names(kind), (kind, sent - self.names(kind))
        return form, files

    def show(self, request, kind, known):
        """Answer with the fields that were asked for."""
        wanted = request.url.params.get("fields", "id").split(",")
        assert set(wanted) <= self.names(kind), (kind, wanted)
        return {name: known[name] for name in ("id", *wanted) if name in known}

    def page(self, request, kind, things):
        """Answer with one page of a list, newest first."""
        start = int(request.url.params.get("after", "0") or 0)
        size = min(int(request.url.params["limit"]), self.page_size)
        shown = things[start : start + size]
        body = {"data": [self.show(request, kind, thing) for thing in shown]}
        if shown:
            body["paging"] = {"cursors": {"before": str(start), "after": str(start + size)}}
        if start + size < len(things):
            body["paging"]["next"] = f"https://{self.host}/next"
        return httpx2.Response(200, json=body)

    def next(self):
        self.number += 1
        return str(self.number)

    def stamp(self):
        moment = self.clock().to_stdlib()
        return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


class ContainerServer(FakeGraph):
    """Instagram or Threads: media becomes a container, and a container a post."""

    user = "17841400000000000"
    create = ""
    publish = ""
    status = ""
    quota_edge = ""
    polls_needed = 0
    """How often a container is still in progress when it is asked for."""
    breaks = ""
    """Why the next containers can not be processed."""
    used = 0
    total = 50

    def __init__(self, clock):
        super().__init__(clock)
        self.containers = {}
        self.posts = []
        self.comments = []

    def graph(self, request, rest):
        deeds = {
            ("POST", self.create): self._create,
            ("POST", self.publish): self._publish,
            ("GET", self.quota_edge): self._quota,
        }
        if len(rest) == 2 and (request.method, rest[1]) in deeds:
            if rest[0] not in {self.user, "me"}:
                return error(GONE, 100, 33)
            return deeds[request.method, rest[1]](request)
        if request.method == "GET" and rest in (["me"], [self.user]):
            return httpx2.Response(200, json=self.show(request, "user", self.me()))
        return self.other(request, rest)

    def other(self, request, rest):
        if len(rest) == 1 and request.method == "GET":
            return self._one(request, rest[0])
        if len(rest) == 1 and request.method == "DELETE":
            return self._delete(rest[0])
        return error(GONE, 100, 33)

    def me(self):
        raise NotImplementedError

    def write(self, text, **more):
        """Let somebody post on the account in another way."""
        return self._post({"text": text, **more})

    def _create(self, request):
        form, _ = self.form(request, self.create)
        wrong = self.wrong(form) or self._wrong_address(form) or self._wrong_children(form)
        if wrong:
            return wrong
        name = self.next()
        self.containers[name] = {
            "form": form,
            "made": self.clock(),
            "wait": self.polls_needed,
            "broken": self.breaks,
            "post": None,
            "bytes": None,
        }
        return httpx2.Response(200, json=self.made(name, form))

    def made(self, name, form):
        return {"id": name}

    def wrong(self, form):
        return None

    def _wrong_address(self, form):
        for name in ("image_url", "video_url"):
            if name in form and not form[name].startswith(MEDIA_HOST):
                return error("The media could not be fetched from this URI", 9004, 2207052)
        return None

    def _wrong_children(self, form):
        if form.get("media_type") != "CAROUSEL":
            return None
        children = form["children"].split(",")
        known = [self.containers.get(child) for child in children]
        fits = 2 <= len(children) <= 20 and all(
            child and child["form"].get("is_carousel_item") == "true" and not child["wait"]
            for child in known
        )
        return None if fits else error("The carousel is not valid", 100, 2207028)

    def state(self, name):
        container = self.containers[name]
        if container["post"]:
            return "PUBLISHED"
        if container["broken"]:
            return "ERROR"
        if self.clock() > container["made"] + TimeDelta(hours=24):
            return "EXPIRED"
        return "IN_PROGRESS" if container["wait"] else "FINISHED"

    def _publish(self, request):
        form, _ = self.form(request, self.publish)
        name = form["creation_id"]
        container = self.containers.get(name)
        if container is None or container["post"]:
            return error("The media you are trying to publish was not found", 24, 2207006)
        if self.state(name) != "FINISHED":
            return error("Media ID is not available", 9007, 2207027)
        if self.used >= self.total:
            return error("The daily cap is reached", 9, 2207042)
        self.used += 1
        post = self._post(container["form"])
        container["post"] = post["id"]
        return httpx2.Response(200, json={"id": post["id"]})

    def _post(self, form):
        name = self.next()
        children = [
            self.containers[child]["form"] for child in form.get("children", "").split(",") if child
        ]
        post = self.posted(name, form) | {"id": name, "timestamp": self.stamp()}
        post |= {"form": form, "children": children}
        self.posts.append(post)
        return post

    def _one(self, request, name):
        if name in self.containers:
            known = {"id": name, **self.told(name)}
            body = self.show(request, "container", known)
            self.containers[name]["wait"] = max(0, self.containers[name]["wait"] - 1)
            return httpx2.Response(200, json=body)
        post = next((post for post in self.posts if post["id"] == name), None)
        if post is None:
            return error(GONE, 100, 33)
        return httpx2.Response(200, json=self.show(request, "media", post))

    def told(self, name):
        raise NotImplementedError

    def _quota(self, request):
        body = self.show(request, self.quota_edge, self.quota())
        body.pop("id", None)
        return httpx2.Response(200, json={"data": [body]})

    def quota(self):
        return {
            "quota_usage": self.used,
            "config": {"quota_total": self.total, "quota_duration": 86400},
        }

    def _delete(self, name):
        for things in (self.posts, self.comments):
            for thing in things:
                if thing["id"] == name:
                    things.remove(thing)
                    return httpx2.Response(200, json={"success": True})
        return error(GONE, 100, 33)

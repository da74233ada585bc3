"""Threads: text or media becomes a container, a container a post or an answer."""

from __future__ import annotations

import re

from network_fakes.graph import NAMES, ContainerServer, error

HANDLE = "kopisenja"
KINDS = {"TEXT", "IMAGE", "VIDEO", "CAROUSEL"}
TAG = re.compile(r"#(\w+)")


class FakeThreads(ContainerServer):
    """One profile."""

    network = "threads"
    host = "graph.threads.net"
    version = "v1.0"
    grant_type = "th_refresh_token"
    create = "threads"
    publish = "threads_publish"
    quota_edge = "threads_publishing_limit"
    total = 250
    answers = 0

    def me(self):
        return {"id": self.user, "username": HANDLE, "name": "Kopi Senja"}

    def wrong(self, form):
        if form.get("media_type") not in KINDS:
            return error("The parameter media_type is required", 100)
        if len(form.get("text", "")) > 500:
            return error("text must be at most 500 characters", 100)
        if form["media_type"] == "TEXT" and not (form.get("text") or form.get("link_attachment")):
            return error("The parameter text is required", 100)
        if form["media_type"] == "TEXT" and {"alt_text", "is_spoiler_media"} & set(form):
            return error("A text has no media", 100)
        topic = form.get("topic_tag", "kopi")
        if not 1 <= len(topic) <= 50 or set(".&") & set(topic):
            return error("Invalid topic tag", 100, 4279071)
        if form.get("reply_control", "everyone") not in self.names("reply_control"):
            return error("Invalid parameter reply_control", 100)
        parent = form.get("reply_to_id")
        if parent and parent not in [post["id"] for post in self.posts]:
            return error("The post to reply to does not exist", 100)
        return None

    def told(self, name):
        broken = self.containers[name]["broken"]
        return {"status": self.state(name)} | ({"error_message": broken} if broken else {})

    def posted(self, name, form):
        # The first hashtag becomes the topic, and loses its sign.
        shown = TAG.sub(lambda tag: tag[1], form.get("text", ""), count=1)
        return {
            "permalink": f"https://www.threads.com/@{HANDLE}/post/{name}",
            "text": shown,
            "reply_to": form.get("reply_to_id"),
        }

    def quota(self):
        return super().quota() | {
            "reply_quota_usage": self.answers,
            "reply_config": {"quota_total": 1000, "quota_duration": 86400},
        }

    def other(self, request, rest):
        if request.method == "GET" and len(rest) == 2 and rest[0] in {self.user, "me"}:
            assert rest[1] in {"threads", "replies"}, rest
            answers = rest[1] == "replies"
            own = [post for post in self.posts if bool(post["reply_to"]) is answers]
            return self.page(request, "media", own[::-1])
        return super().other(request, rest)


assert NAMES["threads"]

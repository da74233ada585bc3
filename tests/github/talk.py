"""The conversation of one pull request on the small GitHub."""

from __future__ import annotations

import re

from github_server import ROOT, made, user, valid

SHA = "1f2e3d4c5b6a79880716253443526170fedcba98"


class Talk:
    """The conversation of pull request #12, from `ayu:gajian`."""

    def __init__(self):
        self.comments = []
        self.api = None

    def __getattr__(self, name):
        """Give what the whole GitHub has: what it was asked, its environment, what it refuses."""
        if name in {"asked", "written", "environment", "refuses"}:
            return getattr(self.api, name)
        raise AttributeError(name)

    def say(self, login, body):
        number = len(self.comments) + 1
        comment = made("issue-comment", id=number, body=body, user=user(login))
        self.comments.append(valid("issue-comment", comment))
        return comment

    def answer(self, method, path, query, body):
        path = path.removeprefix(ROOT)
        if path == "/pulls":
            return 200, self._pulls(query), {}
        if path == "/issues/12/comments" and method == "GET":
            page, size = int(query["page"][0]), int(query["per_page"][0])
            return 200, self.comments[(page - 1) * size : page * size], {}
        if path == "/issues/12/comments":
            made_now = self.say("github-actions[bot]", valid("comment-write", body)["body"])
            return 201, made_now, {}
        if (match := re.fullmatch(r"/issues/comments/(\d+)", path)) and method == "PATCH":
            comment = self.comments[int(match[1]) - 1]
            comment.update(valid("comment-write", body))
            return 200, comment, {}
        return None

    def _pulls(self, query):
        assert query["state"] == ["open"]
        if query["head"] != ["ayu:gajian"]:
            return []
        pull = made("pull-request-simple", number=12, state="open", title="Gajian")
        pull["head"] |= {"ref": "gajian", "sha": SHA, "label": "ayu:gajian"}
        return [valid("pull-request-simple", pull)]

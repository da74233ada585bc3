"""Instagram as the Graph API shows it, for both log-ins."""

from __future__ import annotations

import httpx2
from network_fakes.graph import GONE, ContainerServer, error

HANDLE = "kopisenja"


class FakeInstagram(ContainerServer):
    """One professional account."""

    network = "instagram"
    host = "graph.instagram.com"
    grant_type = "ig_refresh_token"
    create = "media"
    publish = "media_publish"
    quota_edge = "content_publishing_limit"

    def me(self):
        return {"id": "app-scoped", "user_id": self.user, "username": HANDLE, "name": "Kopi Senja"}

    def wrong(self, form):
        if len(form.get("caption", "")) > 2200:
            return error("The caption is too long", 36004, 2207010)
        if "is_ai_generated" in form and "is_carousel_item" in form:
            return error("is_ai_generated belongs to the carousel", 100)
        if form.get("media_type") not in {None, "REELS", "VIDEO", "CAROUSEL"}:
            return error("Unknown media type", 100, 2207023)
        if "alt_text" in form and "image_url" not in form:
            return error("alt_text is for images", 100)
        if not {"image_url", "video_url", "children", "upload_type"} & set(form):
            return error("The parameter image_url is required", 100)
        return None

    def told(self, name):
        state = self.state(name)
        return {"status_code": state, "status": self.containers[name]["broken"] or state}

    def posted(self, name, form):
        text = form.get("text", form.get("caption"))
        known = {
            "permalink": f"https://www.instagram.com/p/{name}/",
            "media_type": {"REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}.get(
                form.get("media_type"), "IMAGE"
            ),
        }
        return known | ({"caption": text} if text else {})

    def other(self, request, rest):
        if request.method == "GET" and len(rest) == 2 and rest[0] in {self.user, "me"}:
            assert rest[1] == "media", rest
            return self.page(request, "media", self.posts[::-1])
        if len(rest) == 2 and rest[1] == "comments":
            return self._comments(request, rest[0])
        return super().other(request, rest)

    def comment(self, post, text, username):
        """Let somebody comment on a post."""
        made = {"id": self.next(), "text": text, "timestamp": self.stamp(), "username": username}
        self.comments.append(made | {"post": post})
        return made

    def _comments(self, request, post):
        if post not in [known["id"] for known in self.posts]:
            return error(GONE, 100, 33)
        if request.method == "GET":
            under = [known for known in self.comments if known["post"] == post]
            return self.page(request, "comment", under[::-1])
        form, _ = self.form(request, "comments")
        made = self.comment(post, form["message"], HANDLE)
        return httpx2.Response(200, json={"id": made["id"]})


class FakeInstagramByFacebook(FakeInstagram):
    """The same account, asked with one of Facebook's tokens: it may upload and delete."""

    host = "graph.facebook.com"
    grant_type = None

    def me(self):
        return {"id": self.user, "username": HANDLE, "name": "Kopi Senja"}

    def graph(self, request, rest):
        assert rest[0] != "me", "me is a Facebook user there"
        return super().graph(request, rest)

    def made(self, name, form):
        if form.get("upload_type") != "resumable":
            return super().made(name, form)
        self.containers[name]["wait"] = 1_000
        return {"id": name, "uri": f"https://rupload.facebook.com/ig-api-upload/v26.0/{name}"}

    def upload(self, request):
        name = request.url.path.rpartition("/")[2]
        headers = request.headers
        assert headers["offset"] == "0"
        assert int(headers["file_size"]) == len(request.content)
        self.containers[name]["bytes"] = request.content
        self.containers[name]["wait"] = self.polls_needed
        return httpx2.Response(200, json={"success": True, "message": "Upload successful."})

"""A Facebook Page: unpublished photos, posts, videos in pieces, comments."""

from __future__ import annotations

import json

import httpx2
from network_fakes.graph import GONE, FakeGraph, error
from whenever import TimeDelta

PAGE = "102030405060708"


class FakeFacebook(FakeGraph):
    """One Page, asked with its own token."""

    network = "facebook"
    host = "graph.facebook.com"
    piece = 1000
    """How many bytes of a video it asks for at once."""
    lag = TimeDelta(seconds=0)
    """How long a post is missing from the list."""
    whose = PAGE

    def __init__(self, clock):
        super().__init__(clock)
        self.photos = {}
        self.videos = {}
        self.posts = []
        self.comments = []

    def graph(self, request, rest):
        edges = {"feed": self._feed, "photos": self._photo, "videos": self._video}
        if request.method == "POST" and len(rest) == 2 and rest[1] in edges:
            return edges[rest[1]](request) if rest[0] == PAGE else error(GONE, 100, 33)
        if request.method == "GET" and rest == ["me"]:
            names = {PAGE: "Kopi Senja"}
            return httpx2.Response(
                200, json={"id": self.whose, "name": names.get(self.whose, "Rara")}
            )
        if request.method == "GET" and rest == [PAGE, "published_posts"]:
            seen = [post for post in self.posts if self.clock() >= post["made"] + self.lag]
            return self.page(request, "post", seen[::-1])
        if len(rest) == 2 and rest[1] == "comments":
            return self._comments(request, rest[0])
        return self._one(request, rest[0]) if len(rest) == 1 else error(GONE, 100, 33)

    def write(self, text, **more):
        """Let somebody post on the Page in another way."""
        post = {
            "id": f"{PAGE}_{self.next()}",
            "created_time": self.stamp(),
            "made": self.clock(),
            "photos": [],
            **more,
        }
        self.posts.append(post | ({"message": text} if text else {}))
        return self.posts[-1]

    def comment(self, post, text, author):
        """Let somebody comment on a post."""
        made = {"id": f"{post.rpartition('_')[2]}_{self.next()}", "message": text, "post": post}
        made |= {"created_time": self.stamp(), "from": {"id": author, "name": "x"}}
        self.comments.append(made)
        return made

    def _photo(self, request):
        form, files = self.form(request, "photos")
        assert form["published"] == "false"
        filename, content, mime = files["source"]
        if len(content) > 4_000_000:
            return error("The photo is too big", 324, 1366046)
        name = self.next()
        self.photos[name] = {
            "filename": filename,
            "content": content,
            "mime": mime,
            "alt": form.get("alt_text_custom"),
            "post": None,
        }
        return httpx2.Response(200, json={"id": name})

    def _feed(self, request):
        form, _ = self.form(request, "feed")
        attached = [json.loads(form[name]) for name in form if name.startswith("attached_media[")]
        photos = [self.photos.get(one["media_fbid"]) for one in attached]
        if not all(photos):
            return error("Invalid parameter: attached_media", 100)
        if any(photo["post"] for photo in photos):
            return error("These photos were already posted.", 1, 1366051)
        if not (form.get("message") or form.get("link") or photos):
            return error("Post is empty", 100)
        if form.get("link") and photos:
            return error("A link and photos do not go together", 100)
        post = self.write(form.get("message", ""), link=form.get("link"), photos=photos)
        for photo in photos:
            photo["post"] = post["id"]
        return httpx2.Response(200, json={"id": post["id"]})

    def _video(self, request):
        form, files = self.form(request, "videos")
        phase = form.pop("upload_phase")
        if phase == "start":
            return self._start(int(form["file_size"]))
        video = self.videos[form["upload_session_id"]]
        if phase == "transfer":
            return self._transfer(video, int(form["start_offset"]), files["video_file_chunk"][1])
        assert phase == "finish"
        if len(video["content"]) != video["size"]:
            return error("The upload is not complete", 6000, 1363037)
        if video["status"] != "uploading":
            return error("The upload session is finished already", 100)
        video["status"] = "processing"
        video["description"] = form.get("description", "")
        return httpx2.Response(200, json={"success": True})

    def _start(self, size):
        session, name = self.next(), self.next()
        self.videos[session] = {
            "id": name,
            "size": size,
            "content": b"",
            "status": "uploading",
            "pieces": [],
        }
        body = {
            "upload_session_id": session,
            "video_id": name,
            "start_offset": "0",
            "end_offset": str(min(self.piece, size)),
        }
        return httpx2.Response(200, json=body)

    def _transfer(self, video, start, piece):
        have = len(video["content"])
        if start != have or len(piece) != min(self.piece, video["size"] - have):
            return error("The chunk does not fit", 6001, 1363037)
        video["content"] += piece
        video["pieces"].append(len(piece))
        have = len(video["content"])
        body = {"start_offset": str(have), "end_offset": str(min(have + self.piece, video["size"]))}
        return httpx2.Response(200, json=body)

    def published_videos(self):
        return [
            video for video in self.videos.values() if video["status"] in {"processing", "ready"}
        ]

    def _comments(self, request, post):
        known = [one["id"] for one in (*self.posts, *self.published_videos())]
        if post not in known:
            return error(GONE, 100, 33)
        if request.method == "GET":
            assert request.url.params["order"] == "reverse_chronological"
            under = [one for one in self.comments if one["post"] == post]
            return self.page(request, "comment", under[::-1])
        form, _ = self.form(request, "comments")
        return httpx2.Response(200, json={"id": self.comment(post, form["message"], PAGE)["id"]})

    def _one(self, request, name):
        for things, kind in ((self.posts, "post"), (self.comments, "comment")):
            for thing in things:
                if thing["id"] == name:
                    return self._deed(request, thing, things, kind)
        for session, video in list(self.videos.items()):
            if video["id"] == name:
                return self._deed_of_video(request, session, video)
        return error(GONE, 100, 33)

    def _deed(self, request, thing, things, kind):
        if request.method == "DELETE":
            things.remove(thing)
        elif request.method == "POST":
            form, _ = self.form(request, "post" if kind == "post" else "comments")
            thing["message"] = form["message"]
        else:
            return httpx2.Response(200, json=self.show(request, kind, thing))
        return httpx2.Response(200, json={"success": True})

    def _deed_of_video(self, request, session, video):
        if request.method == "DELETE":
            del self.videos[session]
        elif request.method == "POST":
            form, _ = self.form(request, "videos")
            video["description"] = form["description"]
        else:
            phase = "complete" if video["status"] == "ready" else "not_started"
            status = {"video_status": video["status"], "publishing_phase": {"status": phase}}
            assert set(status) <= self.names("status")
            known = {"id": video["id"], "status": status}
            return httpx2.Response(200, json=self.show(request, "video", known))
        return httpx2.Response(200, json={"success": True})

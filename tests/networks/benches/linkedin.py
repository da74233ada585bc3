"""LinkedIn in this process: as a member whose posts no app may list, and as a page."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

from network_fakes import linkedin as fake

from mimin.model.brand import Account
from mimin.networks.linkedin_text import escape
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class LinkedInBench(HttpBench):
    path = "/rest/posts"
    headers = ("linkedin-version", "x-restli-protocol-version", "x-restli-method")
    dedupes = True
    asks = False
    threads = False

    def connect(self, **how):
        from mimin.networks.linkedin_connection import LinkedInConnection

        how = {"transport": self.server, "sleep": lambda _: None, **how}
        return LinkedInConnection(self.access, **how)

    def job(self, *parts, **fields):
        return super().job(*parts, **{"settings": self.access.account.settings, **fields})

    def image(self, *args, **fields):
        made = super().image(*args, **fields)
        if self.server.polls_needed or self.server.fails_processing:
            # Only videos are waited for.
            return made.model_copy(update={"mime": "video/mp4"})
        return made

    def worded(self, text):
        return escape(text)

    doubtful = (
        {"status": 422, "body": {"status": 422, "code": "DUPLICATE_POST", "message": "no"}},
        {"status": 400, "body": {"status": 400, "message": "Content is a duplicate"}},
        {"status": 409, "body": {"status": 409, "message": "Conflict"}},
    )

    def published(self):
        return self.server.posts

    def sent(self, path=None):
        names = self.headers[:2]
        calls = self.server.calls(path or self.path)
        return [wire.shown(call, names) for call in calls if call.method == "POST"]

    def expected(self, job):
        shown = self.network.wire(job)
        token = next(iter(self.server.access))
        filled = {"token": token} | dict(job.handles)
        if job.sent:
            on = job.sent[0].remote_id
            filled["part 1 id"] = on
            shown["url"] = shown["url"].replace("{part 1 id}", quote(on, safe=""))
        return substitute(shown, filled)

    def refuse(self):
        self.decline(422, "FIELD_LENGTH_TOO_LONG", "commentary is too long")

    def wrong_scope(self):
        self.decline(403, "ACCESS_DENIED", "Not enough permissions to access: posts.CREATE")

    def decline(self, status, code, message, path=None):
        body = {"status": status, "code": code, "message": message}
        self.server.fail(path or self.path, status=status, body=body)

    def duplicate(self):
        """LinkedIn does this by itself."""

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fails_processing = True

    def log_in(self, **fields):
        """Give the account another secret than the one of the bench."""
        self.access = replace(self.access, secret=json.dumps(GRANT | fields))

    def expire(self):
        self.server.access = set()
        self.log_in(expires_at=self.clock().format_iso())


class PageBench(LinkedInBench):
    asks = True
    lists = True
    listing = ("/rest/posts", {"elements": []})

    def crowd(self):
        for number in range(55):
            self.server.write(f"Dengan tangan {number}")


GRANT = {
    "access_token": fake.TOKEN,
    "refresh_token": fake.REFRESH,
    "client_id": "linkedin-client",
    "client_secret": "linkedin-client-secret-ABCDEFG",
}
"""What a log-in prints, to approved partners with a refresh token."""

MEMBER = Account(network="linkedin", handle="rara-kopi", secret="LINKEDIN")
PAGE = MEMBER.model_copy(update={"handle": "kopi-senja", "settings": {"author": fake.PAGE}})


KINDS = {
    "linkedin": lambda clock: (MEMBER, json.dumps(GRANT), fake.FakeLinkedIn(clock), LinkedInBench),
    "linkedin-page": lambda clock: (PAGE, json.dumps(GRANT), fake.FakeLinkedIn(clock), PageBench),
}

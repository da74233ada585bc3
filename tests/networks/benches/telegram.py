"""Telegram with one channel in this process."""

from __future__ import annotations

from network_benches.bench import HttpBench, substitute
from network_fakes import telegram as fake
from network_fakes import wire

from mimin.model.brand import Account

SENDING = ("/sendMessage", "/sendPhoto", "/sendVideo", "/sendMediaGroup")


class TelegramBench(HttpBench):
    path = "/sendMessage"
    asks = False

    def connect(self):
        from mimin.networks.telegram_connection import TelegramConnection

        return TelegramConnection(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return self.server.posts

    def sent(self):
        calls = [call for call in self.server.requests if call.url.path.endswith(SENDING)]
        return [wire.shown(request) for request in calls]

    def expected(self, job):
        filled = {"server": fake.BASE, "token": fake.TOKEN, **job.handles}
        parents = {f"part {n} id": int(sent.remote_id) for n, sent in enumerate(job.sent, 1)}
        return substitute(self.network.wire(job), filled | parents)

    def parent_of(self, number):
        parent = self.published()[number].get("reply_to_message")
        return parent and (str(parent["message_id"]), str(parent["message_id"]))

    def refuse(self):
        self._fails(400, "Bad Request: message is too long")

    def limit(self, seconds):
        words = f"Too Many Requests: retry after {seconds}"
        self._fails(429, words, parameters={"retry_after": seconds})

    def wrong_scope(self):
        self._fails(403, "Forbidden: bot is not a member of the channel chat")

    def _fails(self, status, words, **more):
        body = {"ok": False, "error_code": status, "description": words, **more}
        self.server.fail(self.path, status=status, body=body)


ACCOUNT = Account(network="telegram", handle="kopisenja", server=fake.BASE, secret="TELE")

KINDS = {"telegram": lambda clock: (ACCOUNT, fake.TOKEN, fake.FakeTelegram(clock), TelegramBench)}

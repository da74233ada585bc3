"""TikTok's answers and refusals: every call is a POST, and a success may be a refusal.

Source: Content Posting API, reference pages of each call, "Error codes" and `fail_reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mimin.networks.http import Answer, Id, Limited, Refusal, Unclear
from mimin.networks.protocol import NotPublished
from mimin.networks.tiktok import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from whenever import Instant

    from mimin.networks.http import Server
    from mimin.networks.tokens import Tokens

AnswerT = TypeVar("AnswerT", bound=Answer)

PERMANENT = frozenset(
    {
        "invalid_param",
        "invalid_params",
        "privacy_level_option_mismatch",
        "unaudited_client_can_only_post_to_private_accounts",
        "url_ownership_unverified",
    }
)
"""Codes of refusals that only a changed post or account can help."""
SCOPES = frozenset({"scope_not_authorized", "scope_permission_missed"})
_DOCUMENTED = PERMANENT | SCOPES | {"access_token_invalid", "invalid_publish_id"}
"""Codes that say that nothing was done."""
_TROUBLE = "internal_error"
_BAD_MEDIA = frozenset(
    {
        "file_format_check_failed",
        "duration_check_failed",
        "frame_rate_check_failed",
        "picture_size_check_failed",
        "publish_cancelled",
    }
)
"""Reasons of a failure that another try would not help."""
_WAYS_OUT = {
    "unaudited_client_can_only_post_to_private_accounts": (
        "TikTok has not audited the app; use `visibility: private`, or `settings: {mode: draft}`"
    ),
    "url_ownership_unverified": "verify the domain of `media_host` in the app's URL properties",
    "privacy_level_option_mismatch": "the account does not allow this `visibility:`",
    "reached_active_user_cap": "TikTok has not audited the app, so few people a day may post",
}


class _Error(Answer):
    code: str = ""
    message: str = ""


class _Outcome(Answer):
    error: _Error


class _Started(Answer):
    publish_id: Id
    upload_url: str = ""


class Started(Answer):
    """A post that TikTok works on; `upload_url` only for videos."""

    data: _Started


class _Status(Answer):
    status: str
    fail_reason: str = ""
    publicaly_available_post_id: tuple[str, ...] = ()
    uploaded_bytes: int | None = None


class Status(Answer):
    """How far it is."""

    data: _Status


class Api:
    """The calls of one account."""

    def __init__(self, server: Server, tokens: Tokens) -> None:
        """Call *server* with the tokens of the account."""
        self._server = server
        self._tokens = tokens

    def ask(self, path: str, body: object, form: type[AnswerT], *, again: bool = True) -> AnswerT:
        """Make a call.

        Args:
            path: From the server's root.
            body: Sent as JSON.
            form: What the answer holds.
            again: Whether a token that is refused too early is renewed, and the call made again.

        Raises:
            NotPublished: for a refusal, whatever its HTTP status, or without a connection.
            Unclear: when it may have been carried out.
        """
        return self._renewing(lambda: self._ask(path, body, form), again=again)

    def read(self, path: str, form: type[AnswerT]) -> AnswerT:
        """Make one of the few calls that are a GET.

        Raises:
            NotPublished, Unclear: as `Server.read`.
        """

        def read() -> AnswerT:
            response = self._server.read(path, headers=self._tokens.bearer())
            return self._server.parse(response, form)

        return self._renewing(read, again=True)

    @property
    def expires(self) -> Instant | None:
        """When a person has to log in again, as far as it is known."""
        return self._tokens.grant.refresh_expires_at

    def _renewing(self, call: Callable[[], AnswerT], *, again: bool) -> AnswerT:
        try:
            return call()
        except Refusal as refusal:
            renewable = again and refusal.status == 401 and self._tokens.grant.refresh_token
            if not renewable or code_of(refusal) in SCOPES or not self._tokens.renew():
                raise
            return call()

    def _ask(self, path: str, body: object, form: type[AnswerT]) -> AnswerT:
        headers = {**self._tokens.bearer(), "content-type": JSON}
        try:
            response = self._server.send(path, headers=headers, json=body)
        except Refusal as refusal:
            if code_of(refusal) == _TROUBLE:
                raise Unclear(str(refusal), status=refusal.status) from None
            raise explained(refusal, code_of(refusal)) from None
        error = self._server.parse(response, _Outcome).error
        if error.code != "ok":
            raise self._refused(error, response.status_code)
        return self._server.parse(response, form)

    def _refused(self, error: _Error, status: int) -> Exception:
        reason = self._server.redact(f"{self._server.host} answered {error.code}: {error.message}")
        if error.code == "rate_limit_exceeded":
            return Limited(reason, retry_at=None)
        if error.code not in _DOCUMENTED and not error.code.startswith(("spam_risk", "reached_")):
            # A success whose code explains nothing, `internal_error` among them.
            return Unclear(reason, status=status)
        refusal = Refusal(reason, status=status, code=error.code, permanent=False)
        return explained(refusal, error.code)


def code_of(refusal: Refusal) -> str:
    """Give TikTok's code for a refusal."""
    body = refusal.body
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else refusal.code


def explained(refusal: Refusal, code: str) -> Refusal:
    """Give a refusal what its code says: whether it is for good, and the way out."""
    reason = str(refusal) if code in str(refusal) else f"{refusal} ({code})"
    if code in _WAYS_OUT:
        reason += f"; {_WAYS_OUT[code]}"
    permanent = code in PERMANENT or (refusal.permanent and code not in SCOPES)
    return Refusal(
        reason,
        status=refusal.status,
        code=code,
        permanent=permanent and not code.startswith(("spam_risk", "reached_")),
        body=refusal.body,
    )


def failure(reason: str) -> NotPublished:
    """Give the proof that a post which TikTok worked on did not come out."""
    said = reason or "no reason given"
    return NotPublished(f"TikTok did not publish it: {said}", permanent=reason in _BAD_MEDIA)

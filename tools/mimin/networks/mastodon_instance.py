"""What a Mastodon instance tells about itself and about the account."""

from __future__ import annotations

from mimin.networks.http import Answer


class Profile(Answer):
    """What verify_credentials answers, as far as we need it."""

    id: str
    acct: str
    display_name: str = ""
    limited: bool = False
    suspended: bool = False
    moved: dict[str, object] | None = None

    @property
    def restrictions(self) -> tuple[str, ...]:
        """Say what the instance does not do for this account."""
        said = {
            "the instance has suspended the account": self.suspended,
            "the instance has limited the account: only followers see its posts": self.limited,
            "the account has moved elsewhere and can not post": self.moved is not None,
        }
        return tuple(words for words, holds in said.items() if holds)


class _Statuses(Answer):
    max_characters: int | None = None
    max_media_attachments: int | None = None


class _Attachments(Answer):
    image_size_limit: int | None = None
    image_matrix_limit: int | None = None
    video_size_limit: int | None = None
    description_limit: int | None = None


class _Configuration(Answer):
    statuses: _Statuses = _Statuses()
    media_attachments: _Attachments = _Attachments()


class Instance(Answer):
    """What /api/v2/instance answers, as far as we need it."""

    configuration: _Configuration

    @property
    def limits(self) -> dict[str, int]:
        """Give the limits that are told, by their names in `Limits`."""
        statuses, media = self.configuration.statuses, self.configuration.media_attachments
        told = {
            "text": statuses.max_characters,
            "images": statuses.max_media_attachments,
            "image_bytes": media.image_size_limit,
            "image_pixels": media.image_matrix_limit,
            "video_bytes": media.video_size_limit,
            "alt": media.description_limit,
        }
        return {name: value for name, value in told.items() if value is not None}

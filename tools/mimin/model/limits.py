"""Limits: what a network accepts, as far as it can be known before it is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal

from mimin.model.base import Record
from mimin.model.post import Replies, Visibility

Unit = Literal[
    "weighted",
    "graphemes",
    "codepoints",
    "utf16",
    "utf8_bytes",
    "max_codepoints_utf16",
    "mastodon",
    "graphemes_emoji_as_utf8_bytes",
]
"""What a length is counted in; `mimin.networks.counting.COUNTERS` holds the functions."""

UNIT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "weighted": "weighted characters",
        "graphemes": "characters",
        "codepoints": "characters",
        "utf16": "UTF-16 units",
        "utf8_bytes": "bytes",
        "max_codepoints_utf16": "characters",
        "mastodon": "characters",
        "graphemes_emoji_as_utf8_bytes": "characters",
    }
)
"""The units as people call them."""

Links = Literal["facet", "bare", "marked"]
"""How Markdown is shown: `facet` keeps a link's words, `bare` has to write its address out.

So does `marked`, which keeps `*bold*`, `_soft_` and code in the signs that the network reads.
"""


class Limits(Record):
    """What one network accepts. None means: no limit is known; 0 means: not possible at all."""

    text: int | None = None
    """Longest text, in `text_unit`."""
    text_unit: Unit = "max_codepoints_utf16"
    """What text is counted in."""
    text_bytes: int | None = None
    """Longest text in bytes of UTF-8, where that is limited as well."""
    text_with_media: int | None = None
    """Longest text when media goes with it, where that differs."""
    text_with_video: int | None = None
    """Longest text when a video goes with it, where that differs."""
    text_forbidden: str = ""
    """Characters that may not stand in the text."""
    headline: int | None = 0
    """Longest headline, in `headline_unit`; 0 where a post has none."""
    headline_unit: Unit = "max_codepoints_utf16"
    """What a headline is counted in."""
    headline_required: bool = False
    """Whether a post must have a headline."""
    headline_with_video: bool = True
    """Whether a post with a video has one, too."""
    headline_forbidden: str = ""
    """Characters that may not stand in a headline."""

    visibilities: tuple[Visibility, ...] = (Visibility.PUBLIC,)
    """Who a post can be shown to."""
    replies: tuple[Replies, ...] = (Replies.EVERYONE,)
    """Who can be allowed to answer."""
    comment: int | None = 0
    """Longest first comment, in `text_unit`; 0 where none can be made by an API or where there are
    threads, whose parts are answers already."""
    paid: bool = False
    """Whether a post can be labelled as a paid partnership."""
    ai: bool = False
    """Whether a post can be labelled as made with AI."""

    warning: bool = False
    """Whether a content warning can be given."""
    warning_labels: tuple[str, ...] = ()
    """The only warnings the network knows; any other stands above the text. Empty: free words."""
    warning_counted: bool = False
    """Whether the content warning counts as part of the text."""
    languages: int | None = 0
    """Most languages a post may name."""
    hashtags: int | None = None
    """Most hashtags in a post."""
    hashtag: int | None = None
    """Longest hashtag without its #, in graphemes."""
    cashtags: int | None = None
    """Most cashtags in a post."""
    mentions: int | None = None
    """Most mentions in a post."""
    urls: int | None = None
    """Most different links in a post."""
    links: Links = "bare"
    """How a Markdown link is shown."""
    link_card: bool = False
    """Whether the sender makes the link card."""
    refuses_duplicates: int | None = None
    """For how many hours the same words are refused again on one account; 0 or None: never."""
    threads: bool = False
    """Whether a post can be continued by replies to itself."""

    media_required: bool = False
    """Whether a post needs an image or a video."""
    media_url: bool = False
    """Whether media must lie at a public address."""
    videos_sent: bool = False
    """Whether videos are sent all the same where media must lie at a public address."""
    mixed_media: bool = False
    """Whether images and videos may go together."""

    images: int | None = 0
    """Most images in a post."""
    image_bytes: int | None = None
    """Largest image in bytes."""
    image_min_side: int | None = None
    """Fewest pixels of the shorter side of an image."""
    image_types: tuple[str, ...] = ()
    """MIME types of images; empty when any will do."""
    image_pixels: int | None = None
    """Most pixels of an image, width times height."""
    image_width: int | None = None
    """Widest image in pixels that is not scaled down."""
    image_sides: int | None = None
    """Largest sum of width and height."""
    image_short_side: int | None = None
    """Most pixels of the shorter side of an image; what has more is scaled down."""
    image_aspect: tuple[float, float] | None = None
    """Narrowest and widest allowed width divided by height."""
    images_like_first: bool = False
    """Whether all images of a post are cropped to the shape of its first."""
    gif_bytes: int | None = None
    """Largest animated GIF in bytes, where that differs from `image_bytes`."""
    gif_frames: int | None = None
    """Most pictures of an animated GIF."""
    gif_size: tuple[int, int] | None = None
    """Most pixels of width and of height of an animated GIF."""
    gif_pixels: int | None = None
    """Most pixels of an animated GIF, in all its pictures together."""
    gif_is_video: bool = False
    """Whether an animated GIF is counted as a video, also where it may not stand beside images."""
    moving: tuple[str, ...] | None = None
    """MIME types of pictures that viewers see move; of others they see the first picture.

    None where that is not known."""

    alt: int | None = 0
    """Longest alt text of an image, in `alt_unit`; 0 where there is none."""
    alt_unit: Unit = "max_codepoints_utf16"
    """What alt text is counted in."""
    alt_required: bool = False
    """Whether the network itself refuses an image without the alt field."""

    videos: int | None = 0
    """Most videos in a post."""
    video_bytes: int | None = None
    """Largest video in bytes."""
    video_min_bytes: int | None = None
    """Smallest video in bytes."""
    video_types: tuple[str, ...] = ()
    """MIME types of videos; empty when any will do."""
    video_seconds: int | None = None
    """Longest video."""
    video_min_seconds: float | None = None
    """Shortest video."""
    video_width: int | None = None
    """Widest video in pixels."""
    video_height: int | None = None
    """Highest video in pixels."""
    video_aspect: tuple[float, float] | None = None
    """Narrowest and widest allowed width divided by height of a video."""
    video_fps: tuple[float, float] | None = None
    """Fewest and most pictures a second."""
    video_codecs: tuple[str, ...] = ()
    """Codecs of the pictures as FFmpeg calls them (`h264`, `hevc`, `vp9`); empty: any will do."""
    video_sound: tuple[str, ...] = ()
    """Codecs of the sound (`aac`, `opus`); empty: any will do."""
    video_bit_rate: int | None = None
    """Most bits a second of the whole file."""
    video_sound_rate: int | None = None
    """Most samples of the sound a second."""
    video_sound_channels: int | None = None
    """Most channels of the sound."""
    video_pixels: int | None = None
    """Most pixels of a picture, width times height."""
    video_min_side: int | None = None
    """Fewest pixels of the shorter side."""
    video_index_first: bool = False
    """Whether the index (`moov`) must stand before the pictures."""

    def longest(self, kinds: Collection[str], *, comment: bool = False) -> int | None:
        """Tell how long a part's text may be, in `text_unit`; None when no limit is known.

        Args:
            kinds: MIME types of the images and videos that go with it.
            comment: Whether it is a first comment.
        """
        if comment:
            return self.comment
        known = [self.text]
        if kinds:
            known.append(self.text_with_media)
        if any(kind.startswith("video/") for kind in kinds):
            known.append(self.text_with_video)
        return min((limit for limit in known if limit is not None), default=None)

"""What each real network accepts, as data; `sandbox` and `manual` accounts imitate any of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mimin.model.limits import Limits
from mimin.model.post import Replies, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

_JPEG, _PNG, _GIF, _WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
_MP4, _MOV, _WEBM = "video/mp4", "video/quicktime", "video/webm"
_MB = 1_000_000
"""Vendors write MB and mean one of two numbers; the smaller is safe."""

LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        # Post length and media: docs.x.com, media best practices; twitter-text config v3.
        # Videos: 1280 x 1024 in the data dictionary, 720 x 1280 recommended there for portraits.
        # Premium accounts have 25,000: `limits: {text: 25000}`. Labels and reply settings:
        # OpenAPI description 2.167, CreatePostsRequest; one cashtag: change log of 2026-04.
        "x": Limits(
            text=280,
            text_unit="weighted",
            replies=(Replies.EVERYONE, Replies.FOLLOWING, Replies.MENTIONED),
            paid=True,
            ai=True,
            cashtags=1,
            refuses_duplicates=24,  # 403 "duplicate content"; X names no time, a day is assumed
            threads=True,
            images=4,
            image_bytes=5 * _MB,
            image_types=(_JPEG, _PNG, _GIF, _WEBP),
            gif_bytes=15 * _MB,
            alt=1000,
            alt_unit="codepoints",
            videos=1,
            video_bytes=512 * _MB,
            video_types=(_MP4, _MOV),
            video_seconds=140,
            video_min_seconds=0.5,
            video_width=1280,
            video_height=1280,
            video_min_side=32,
            video_aspect=(1 / 3, 3.0),
            video_fps=(0, 60),
            video_codecs=("h264",),
            video_sound=("aac",),
        ),
        # Instagram Platform, "Content publishing" and reference of IG User/media; for comments none
        # is documented, so the caption's limit stands in.
        "instagram": Limits(
            text=2200,
            hashtags=30,
            mentions=20,
            media_required=True,
            media_url=True,
            mixed_media=True,
            images=10,
            image_bytes=8 * _MB,
            image_types=(_JPEG,),
            image_width=1440,
            image_aspect=(0.8, 1.91),
            images_like_first=True,
            alt=1000,
            comment=2200,
            ai=True,
            videos=10,
            video_bytes=300 * _MB,
            video_types=(_MP4, _MOV),
            video_seconds=900,
            video_min_seconds=3,
            video_width=1920,
            video_aspect=(0.01, 10.0),
            video_fps=(23, 60),
            video_codecs=("h264", "hevc"),
            video_sound=("aac",),
            video_index_first=True,
        ),
        # Pages API, reference of Page/photos; the text limit is known from its error only, that of
        # a comment from memory of the site.
        "facebook": Limits(
            text=63_206,
            comment=8000,
            images=10,
            image_bytes=4 * _MB,
            image_types=(_JPEG, _PNG, _GIF, "image/bmp", "image/tiff"),
            alt=None,
            videos=1,
            video_bytes=10_000 * _MB,
            video_types=(_MP4, _MOV),
            video_seconds=14_400,
            video_min_seconds=1,
        ),
        # Threads API, "Posts" (2026-04-14) and the reference of publishing; a spoiler hides media.
        "threads": Limits(
            text=500,
            text_unit="graphemes_emoji_as_utf8_bytes",
            replies=(Replies.EVERYONE, Replies.FOLLOWERS, Replies.FOLLOWING, Replies.MENTIONED),
            warning=True,
            warning_labels=("spoiler",),
            hashtags=1,
            hashtag=50,
            urls=5,
            threads=True,
            media_url=True,
            mixed_media=True,
            images=20,
            image_bytes=8 * _MB,
            image_types=(_JPEG, _PNG),
            image_width=1440,
            image_aspect=(0.1, 10.0),
            alt=1000,
            videos=20,
            video_bytes=1000 * _MB,
            video_types=(_MP4, _MOV),
            video_seconds=300,
            video_width=1920,
            video_fps=(23, 60),
            video_codecs=("h264", "hevc"),
            video_sound=("aac",),
            video_index_first=True,
        ),
        # Content Posting API: description (4,000) and title (90) of a photo post, caption (2,200)
        # of a video. Pixels, rate and codecs: "Video restrictions" and "Image restrictions" of the
        # media transfer guide, "maximum of 1080p".
        "tiktok": Limits(
            text=4000,
            text_with_video=2200,
            text_unit="utf16",
            headline=90,
            headline_unit="utf16",
            visibilities=(Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.PRIVATE),
            replies=(Replies.EVERYONE, Replies.NOBODY),
            paid=True,
            ai=True,
            media_required=True,
            media_url=True,
            videos_sent=True,
            images=35,
            image_bytes=20 * _MB,
            image_types=(_JPEG, _WEBP),
            image_short_side=1080,
            videos=1,
            video_bytes=4000 * _MB,
            video_types=(_MP4, _WEBM, _MOV),
            video_seconds=600,
            video_width=4096,
            video_height=4096,
            video_min_side=360,
            video_fps=(23, 60),
            video_codecs=("h264", "hevc", "vp8", "vp9"),
        ),
        # YouTube Data API v3, resource "videos": description in bytes. The longest comment is known
        # from the site only, in characters; counted in bytes like the text it can not be too long.
        "youtube": Limits(
            text=5000,
            text_unit="utf8_bytes",
            text_forbidden="<>",
            headline=100,
            headline_required=True,
            headline_forbidden="<>",
            visibilities=(Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE),
            comment=10_000,
            paid=True,
            ai=True,
            languages=1,
            hashtags=60,
            media_required=True,
            videos=1,
            video_bytes=274_877_906_944,
            video_seconds=43_200,
        ),
        # Posts API, Images API, Videos API; 3,000 is known from its error only. What LinkedIn calls
        # connections are the nearest to followers. Comments API: 1,250.
        "linkedin": Limits(
            text=3000,
            visibilities=(Visibility.PUBLIC, Visibility.FOLLOWERS),
            comment=1250,
            refuses_duplicates=48,  # 422 with the URN of the first; for 24 to 48 hours after it
            link_card=True,
            images=20,
            image_types=(_JPEG, _PNG, _GIF),
            image_pixels=36_152_319,
            alt=4086,
            videos=1,
            video_bytes=500 * _MB,
            video_types=(_MP4,),
            video_seconds=1800,
            video_min_seconds=3,
        ),
        # API v5 description (5.23.0), PinCreate; images go up in base64, which takes JPEG and PNG
        # only. 10 MB for these is from memory; sizes and lengths of videos are third parties'.
        "pinterest": Limits(
            text=800,
            headline=100,
            urls=None,
            media_required=True,
            images=5,
            image_bytes=10 * _MB,
            image_types=(_JPEG, _PNG),
            alt=500,
            videos=1,
            video_bytes=2000 * _MB,
            video_types=(_MP4, _MOV, "video/x-m4v"),
            video_seconds=900,
            video_min_seconds=4,
        ),
        # Defaults of /api/v2/instance, which tells the truth about an instance.
        "mastodon": Limits(
            text=500,
            text_unit="mastodon",
            visibilities=tuple(Visibility),
            warning=True,
            warning_counted=True,
            languages=1,
            threads=True,
            images=4,
            image_bytes=16_777_216,
            image_types=(_JPEG, _PNG, _GIF, "image/heic", "image/heif", _WEBP, "image/avif"),
            image_pixels=33_177_600,
            alt=1500,
            alt_unit="codepoints",
            videos=1,
            video_bytes=103_809_024,
            video_types=(_WEBM, _MP4, _MOV, "video/ogg"),
            video_pixels=8_294_400,
            video_fps=(0, 120),
        ),
        # Lexicons app.bsky.feed.post, embed.images, embed.video; 2,000 for alt is the client's own.
        "bluesky": Limits(
            text=300,
            text_unit="graphemes",
            text_bytes=3000,
            warning=True,
            warning_labels=("sexual", "nudity", "porn", "graphic-media"),
            languages=3,
            hashtag=64,
            links="facet",
            link_card=True,
            replies=tuple(Replies),
            threads=True,
            images=4,
            image_bytes=2 * _MB,
            image_types=(_JPEG, _PNG, _GIF, _WEBP),
            alt=2000,
            alt_unit="graphemes",
            alt_required=True,
            videos=1,
            video_bytes=300 * _MB,
            video_types=(_MP4,),
            video_seconds=180,
        ),
        # Bot API 10.1: sendMessage, captions, "Sending files". Links are entities over their words.
        "telegram": Limits(
            text=4096,
            text_unit="utf16",
            text_with_media=1024,
            links="facet",
            threads=True,
            mixed_media=True,
            images=10,
            image_bytes=10 * _MB,
            image_types=(_JPEG, _PNG, _WEBP),
            image_sides=10_000,
            image_aspect=(0.05, 20.0),
            videos=10,
            video_bytes=50 * _MB,
            video_types=(_MP4,),
        ),
        # API v10, webhooks: content in code points; files of any kind, 10 MiB each. Markdown links.
        "discord": Limits(
            text=2000,
            text_unit="codepoints",
            links="facet",
            mixed_media=True,
            images=10,
            image_bytes=10_485_760,
            image_types=(_JPEG, _PNG, _GIF, _WEBP),
            alt=1024,
            alt_unit="codepoints",
            videos=10,
            video_bytes=10_485_760,
        ),
        # POST /api/submit: Markdown text; sizes of media from memory of the site.
        "reddit": Limits(
            text=40_000,
            headline=300,
            headline_required=True,
            links="facet",
            images=20,
            image_bytes=20 * _MB,
            image_types=(_JPEG, _PNG, _GIF),
            videos=1,
            video_bytes=1000 * _MB,
            video_types=(_MP4, _MOV),
            video_seconds=900,
        ),
        # Business Profile API v4, localPosts: a link can only be the call to action.
        "google-business": Limits(
            text=1500,
            languages=1,
            urls=1,
            media_url=True,
            images=1,
            image_bytes=5 * _MB,
            image_types=(_JPEG, _PNG),
        ),
        # Cloud API's messages; Channels have no API, so a person posts these. `*bold*`, `_italic_`
        # and `` `code` `` are WhatsApp's own (https://faq.whatsapp.com/539178204879377).
        "whatsapp": Limits(
            links="marked",
            text=4096,
            text_with_media=1024,
            images=1,
            image_bytes=5 * _MB,
            image_types=(_JPEG, _PNG),
            videos=1,
            video_bytes=16 * _MB,
            video_types=(_MP4, "video/3gpp"),
        ),
        # chat.postMessage cuts text off at 40,000; `<url|words>` links.
        "slack": Limits(text=40_000, links="facet", threads=True, images=10, alt=None),
        # The specification limits an event (64 KiB with everything in it), not its text.
        "matrix": Limits(links="facet", threads=True, images=1, alt=None, videos=1),
    }
)
"""Name of a network → what it accepts."""

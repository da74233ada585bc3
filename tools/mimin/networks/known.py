"""What each real network accepts, as data; `sandbox` and `manual` accounts imitate any of them.

Each line names its source and the day of that source; where the source has none, the day on which
it was read. "Third parties" are other tools and their users; "from memory" was looked up nowhere.
"""

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
            text=280,  # twitter-text v3, 2021-10-21
            text_unit="weighted",  # twitter-text v3, 2021-10-21
            # OpenAPI 2.167, 2026-08-22
            replies=(Replies.EVERYONE, Replies.FOLLOWING, Replies.MENTIONED),
            paid=True,  # OpenAPI 2.167, 2026-08-22
            ai=True,  # OpenAPI 2.167, 2026-08-22
            cashtags=1,  # change log, 2026-04
            refuses_duplicates=24,  # a day is assumed, 2026-11-23
            threads=True,  # OpenAPI 2.167, 2026-08-22
            images=4,  # media best practices, 2026-08-22
            image_bytes=5 * _MB,  # media best practices, 2026-08-22
            image_types=(_JPEG, _PNG, _GIF, _WEBP),  # media best practices, 2026-08-22
            gif_bytes=15 * _MB,  # media best practices, 2026-08-22
            gif_frames=350,  # media best practices, 2026-08-22
            gif_size=(1280, 1080),  # media best practices, 2026-08-22
            gif_pixels=300_000_000,  # media best practices, 2026-08-22
            moving=(_GIF,),  # OpenAPI 2.167 (`tweet_gif`), 2026-08-22
            alt=1000,  # data dictionary, 2026-08-22
            alt_unit="codepoints",  # data dictionary, 2026-08-22
            videos=1,  # media best practices, 2026-08-22
            video_bytes=512 * _MB,  # media best practices, 2026-08-22
            video_types=(_MP4, _MOV),  # media best practices, 2026-08-22
            video_seconds=140,  # media best practices, 2026-08-22
            video_min_seconds=0.5,  # media best practices, 2026-08-22
            video_width=1280,  # data dictionary, 2026-08-22
            video_height=1280,  # 720 x 1280 is recommended, 2026-08-22
            video_min_side=32,  # media best practices, 2026-08-22
            video_aspect=(1 / 3, 3.0),  # media best practices, 2026-08-22
            video_fps=(0, 60),  # media best practices, 2026-08-22
            video_codecs=("h264",),  # media best practices, 2026-08-22
            video_sound=("aac",),  # media best practices, 2026-08-22
        ),
        # Instagram Platform, "Content publishing" and reference of IG User/media; for comments none
        # is documented, so the caption's limit stands in.
        "instagram": Limits(
            text=2200,  # content publishing, 2026-03-01
            hashtags=30,  # content publishing, 2026-03-01
            mentions=20,  # content publishing, 2026-03-01
            media_required=True,  # content publishing, 2026-03-01
            media_url=True,  # content publishing, 2026-03-01
            mixed_media=True,  # content publishing, 2026-03-01
            images=10,  # content publishing, 2026-03-01
            image_bytes=8 * _MB,  # content publishing, 2026-03-01
            image_types=(_JPEG,),  # content publishing, 2026-03-01
            moving=(),  # takes no GIF, WebP or PNG, 2026-03-01
            image_width=1440,  # wider ones are scaled, 2026-03-01
            image_aspect=(0.8, 1.91),  # 4:5 to 1.91:1, 2026-03-01
            images_like_first=True,  # content publishing, 2026-03-01
            alt=1000,  # IG User/media, 2026-03-01
            comment=2200,  # none is told; the caption's, 2026-03-01
            ai=True,  # IG User/media, 2026-04-15
            videos=10,  # content publishing, 2026-03-01
            video_bytes=300 * _MB,  # content publishing, 2026-03-01
            video_types=(_MP4, _MOV),  # content publishing, 2026-03-01
            video_seconds=900,  # content publishing, 2026-03-01
            video_min_seconds=3,  # content publishing, 2026-03-01
            video_width=1920,  # content publishing, 2026-03-01
            video_aspect=(0.01, 10.0),  # IG User/media, 2026-03-01
            video_fps=(23, 60),  # content publishing, 2026-03-01
            video_codecs=("h264", "hevc"),  # content publishing, 2026-03-01
            video_sound=("aac",),  # content publishing, 2026-03-01
            video_bit_rate=25_000_000,  # third parties, of content publishing, 2026-11-30
            video_sound_rate=48_000,  # content publishing, 2026-03-01
            video_sound_channels=2,  # content publishing, 2026-03-01
            video_index_first=True,  # content publishing, 2026-03-01
        ),
        # Pages API, reference of Page/photos; the text limit is known from its error only, that of
        # a comment from memory of the site.
        "facebook": Limits(
            text=63_206,  # third parties, 2026-11-23
            comment=8000,  # from memory, 2026-11-23
            images=10,  # third parties, 2026-11-23
            image_bytes=4 * _MB,  # Page/photos, 2026-04-15
            image_types=(_JPEG, _PNG, _GIF, "image/bmp", "image/tiff"),  # Page/photos, 2026-04-15
            moving=(),  # php-graph-sdk issue 839, 2017-08-07
            alt=None,  # Page/photos names no limit, 2026-04-15
            videos=1,  # third parties, 2026-11-23
            video_bytes=10_000 * _MB,  # third parties, 2026-11-23
            video_types=(_MP4, _MOV),  # third parties, 2026-11-23
            video_seconds=14_400,  # third parties, 2026-11-23
            video_min_seconds=1,  # third parties, 2026-11-23
        ),
        # Threads API, "Posts" (2026-04-14) and the reference of publishing; a spoiler hides media.
        "threads": Limits(
            text=500,  # Threads posts, 2026-04-14
            text_unit="graphemes_emoji_as_utf8_bytes",  # Threads posts, 2026-04-14
            # reference of publishing, 2026-04-14
            replies=(Replies.EVERYONE, Replies.FOLLOWERS, Replies.FOLLOWING, Replies.MENTIONED),
            warning=True,  # reference of publishing, 2026-04-14
            warning_labels=("spoiler",),  # reference of publishing, 2026-04-14
            hashtags=1,  # Threads posts, 2026-04-14
            hashtag=50,  # Threads posts, 2026-04-14
            urls=5,  # change of 2025-12-22, 2026-04-14
            threads=True,  # Threads posts, 2026-04-14
            media_url=True,  # Threads posts, 2026-04-14
            mixed_media=True,  # Threads posts, 2026-04-14
            images=20,  # Threads posts, 2026-04-14
            image_bytes=8 * _MB,  # Threads posts, 2026-04-14
            image_types=(_JPEG, _PNG),  # Threads posts, 2026-04-14
            moving=(),  # from memory, 2026-11-23
            image_width=1440,  # Threads posts, 2026-04-14
            image_aspect=(0.1, 10.0),  # Threads posts, 2026-04-14
            alt=1000,  # reference of publishing, 2026-04-14
            videos=20,  # Threads posts, 2026-04-14
            video_bytes=1000 * _MB,  # Threads posts, 2026-04-14
            video_types=(_MP4, _MOV),  # Threads posts, 2026-04-14
            video_seconds=300,  # Threads posts, 2026-04-14
            video_width=1920,  # Threads posts, 2026-04-14
            video_fps=(23, 60),  # Threads posts, 2026-04-14
            video_codecs=("h264", "hevc"),  # Threads posts, 2026-04-14
            video_sound=("aac",),  # Threads posts, 2026-04-14
            video_sound_rate=48_000,  # as on Instagram, 2026-04-14
            video_sound_channels=2,  # as on Instagram, 2026-04-14
            video_index_first=True,  # Threads posts, 2026-04-14
        ),
        # Content Posting API: description (4,000) and title (90) of a photo post, caption (2,200)
        # of a video. Pixels, rate and codecs: "Video restrictions" and "Image restrictions" of the
        # media transfer guide, "maximum of 1080p".
        "tiktok": Limits(
            text=4000,  # photo post, 2026-09-25
            text_with_video=2200,  # Direct Post, 2026-09-25
            text_unit="utf16",  # Direct Post, 2026-09-25
            headline=90,  # photo post, 2026-09-25
            headline_unit="utf16",  # photo post, 2026-09-25
            # creator info, 2026-09-25
            visibilities=(Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.PRIVATE),
            replies=(Replies.EVERYONE, Replies.NOBODY),  # Direct Post, 2026-09-25
            paid=True,  # Direct Post, 2026-09-25
            ai=True,  # Direct Post, 2026-09-25
            media_required=True,  # Direct Post, 2026-09-25
            media_url=True,  # photo post, 2026-09-25
            videos_sent=True,  # Direct Post, 2026-09-25
            images=35,  # photo post, 2026-09-25
            image_bytes=20 * _MB,  # media transfer guide, 2026-09-25
            image_types=(_JPEG, _WEBP),  # media transfer guide, 2026-09-25
            moving=(),  # from memory, 2026-11-23
            image_short_side=1080,  # media transfer guide, 2026-09-25
            videos=1,  # Direct Post, 2026-09-25
            video_bytes=4000 * _MB,  # media transfer guide, 2026-09-25
            video_types=(_MP4, _WEBM, _MOV),  # media transfer guide, 2026-09-25
            video_seconds=600,  # media transfer guide, 2026-09-25
            video_width=4096,  # media transfer guide, 2026-09-25
            video_height=4096,  # media transfer guide, 2026-09-25
            video_min_side=360,  # media transfer guide, 2026-09-25
            video_fps=(23, 60),  # media transfer guide, 2026-09-25
            video_codecs=("h264", "hevc", "vp8", "vp9"),  # media transfer guide, 2026-09-25
        ),
        # YouTube Data API v3, resource "videos": description in bytes. The longest comment is known
        # from the site only, in characters; counted in bytes like the text it can not be too long.
        "youtube": Limits(
            text=5000,  # discovery document, 2026-11-04
            text_unit="utf8_bytes",  # discovery document, 2026-11-04
            text_forbidden="<>",  # discovery document, 2026-11-04
            headline=100,  # discovery document, 2026-11-04
            headline_required=True,  # discovery document, 2026-11-04
            headline_forbidden="<>",  # discovery document, 2026-11-04
            # discovery document, 2026-11-04
            visibilities=(Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE),
            comment=10_000,  # from memory, 2026-11-23
            paid=True,  # discovery document, 2026-11-04
            ai=True,  # discovery document, 2026-11-04
            languages=1,  # discovery document, 2026-11-04
            hashtags=60,  # from memory, 2026-11-23
            media_required=True,  # discovery document, 2026-11-04
            videos=1,  # discovery document, 2026-11-04
            video_bytes=274_877_906_944,  # discovery document, 2026-11-04
            video_seconds=43_200,  # help page, 2026-11-23
        ),
        # Posts API, Images API, Videos API; 3,000 is known from its error only. What LinkedIn calls
        # connections are the nearest to followers. Comments API: 1,250.
        "linkedin": Limits(
            text=3000,  # its error alone, 2026-11-23
            visibilities=(Visibility.PUBLIC, Visibility.FOLLOWERS),  # Posts API, 2026-11-23
            comment=1250,  # third parties, 2026-11-23
            refuses_duplicates=48,  # third parties, 2026-11-23
            link_card=True,  # Posts API, 2026-11-23
            images=20,  # Posts API, 2026-11-23
            image_types=(_JPEG, _PNG, _GIF),  # Images API, 2026-11-23
            image_pixels=36_152_319,  # Images API, 2026-11-23
            gif_frames=250,  # Images API, 2026-11-23
            moving=(_GIF,),  # from memory, 2026-11-23
            alt=4086,  # Images API, 2026-11-23
            videos=1,  # Posts API, 2026-11-23
            video_bytes=500 * _MB,  # Videos API, 2026-11-23
            video_min_bytes=75_000,  # Videos API, 2026-11-23
            video_types=(_MP4,),  # Videos API, 2026-11-23
            video_seconds=1800,  # Videos API, 2026-11-23
            video_min_seconds=3,  # Videos API, 2026-11-23
        ),
        # API v5 description (5.23.0), PinCreate; images go up in base64, which takes JPEG and PNG
        # only. 10 MB for these is from memory; sizes and lengths of videos are third parties'.
        "pinterest": Limits(
            text=800,  # API description 5.23.0, 2025-12-11
            headline=100,  # API description 5.23.0, 2025-12-11
            urls=None,  # none is known, 2026-11-23
            media_required=True,  # API description 5.23.0, 2025-12-11
            images=5,  # API description 5.23.0, 2025-12-11
            image_bytes=10 * _MB,  # in base64, from memory, 2026-11-23
            image_types=(_JPEG, _PNG),  # API description 5.23.0, 2025-12-11
            moving=(),  # from memory, 2026-11-23
            alt=500,  # API description 5.23.0, 2025-12-11
            videos=1,  # API description 5.23.0, 2025-12-11
            video_bytes=2000 * _MB,  # third parties, 2026-11-23
            video_types=(_MP4, _MOV, "video/x-m4v"),  # third parties, 2026-11-23
            video_seconds=900,  # third parties, 2026-11-23
            video_min_seconds=4,  # third parties, 2026-11-23
        ),
        # Defaults of /api/v2/instance, which tells the truth about an instance.
        "mastodon": Limits(
            text=500,  # instance of 4.7.0, 2026-08-19
            text_unit="mastodon",  # instance of 4.7.0, 2026-08-19
            visibilities=tuple(Visibility),  # instance of 4.7.0, 2026-08-19
            warning=True,  # instance of 4.7.0, 2026-08-19
            warning_counted=True,  # instance of 4.7.0, 2026-08-19
            languages=1,  # instance of 4.7.0, 2026-08-19
            threads=True,  # instance of 4.7.0, 2026-08-19
            images=4,  # instance of 4.7.0, 2026-08-19
            image_bytes=16_777_216,  # instance of 4.7.0, 2026-08-19
            # instance of 4.7.0, 2026-08-19
            image_types=(_JPEG, _PNG, _GIF, "image/heic", "image/heif", _WEBP, "image/avif"),
            image_pixels=33_177_600,  # instance of 4.7.0, 2026-08-19
            gif_is_video=True,  # media attachments, 2026-08-19
            moving=(_GIF,),  # media attachments, 2026-08-19
            alt=1500,  # instance of 4.7.0, 2026-08-19
            alt_unit="codepoints",  # instance of 4.7.0, 2026-08-19
            videos=1,  # instance of 4.7.0, 2026-08-19
            video_bytes=103_809_024,  # instance of 4.7.0, 2026-08-19
            video_types=(_WEBM, _MP4, _MOV, "video/ogg"),  # instance of 4.7.0, 2026-08-19
            video_pixels=8_294_400,  # instance of 4.7.0, 2026-08-19
            video_fps=(0, 120),  # instance of 4.7.0, 2026-08-19
        ),
        # Lexicons app.bsky.feed.post, embed.images, embed.video; 2,000 for alt is the client's own.
        "bluesky": Limits(
            text=300,  # lexicons, 2026-08-20
            text_unit="graphemes",  # lexicons, 2026-08-20
            text_bytes=3000,  # lexicons, 2026-08-20
            warning=True,  # lexicons, 2026-08-20
            warning_labels=("sexual", "nudity", "porn", "graphic-media"),  # lexicons, 2026-08-20
            languages=3,  # lexicons, 2026-08-20
            hashtag=64,  # lexicons, 2026-08-20
            links="facet",  # lexicons, 2026-08-20
            link_card=True,  # lexicons, 2026-08-20
            replies=tuple(Replies),  # lexicons, 2026-08-20
            threads=True,  # lexicons, 2026-08-20
            images=4,  # lexicons, 2026-08-20
            image_bytes=2 * _MB,  # lexicons, 2026-08-20
            image_types=(_JPEG, _PNG, _GIF, _WEBP),  # lexicons, 2026-08-20
            moving=(),  # social-app issue 6837, 2024-11-29
            alt=2000,  # the app's own, from memory, 2026-11-23
            alt_unit="graphemes",  # the app's own, from memory, 2026-11-23
            alt_required=True,  # lexicons, 2026-08-20
            videos=1,  # lexicons, 2026-08-20
            video_bytes=300 * _MB,  # lexicons, 2026-08-20
            video_types=(_MP4,),  # lexicons, 2026-08-20
            video_seconds=180,  # third parties, 2026-11-23
        ),
        # Bot API 10.1: sendMessage, captions, "Sending files". Links are entities over their words.
        "telegram": Limits(
            text=4096,  # Bot API 10.1, 2026-06-11
            text_unit="utf16",  # UTF-16 in practice, 2026-11-23
            text_with_media=1024,  # Bot API 10.1, 2026-06-11
            links="facet",  # Bot API 10.1, 2026-06-11
            threads=True,  # Bot API 10.1, 2026-06-11
            mixed_media=True,  # Bot API 10.1, 2026-06-11
            images=10,  # Bot API 10.1, 2026-06-11
            image_bytes=10 * _MB,  # Bot API 10.1, 2026-06-11
            image_types=(_JPEG, _PNG, _WEBP),  # Bot API 10.1, 2026-06-11
            moving=(),  # from memory, 2026-11-23
            image_sides=10_000,  # Bot API 10.1, 2026-06-11
            image_aspect=(0.05, 20.0),  # Bot API 10.1, 2026-06-11
            videos=10,  # Bot API 10.1, 2026-06-11
            video_bytes=50 * _MB,  # Bot API 10.1, 2026-06-11
            video_types=(_MP4,),  # Bot API 10.1, 2026-06-11
        ),
        # API v10, webhooks: content in code points; files of any kind, 10 MiB each. Markdown links.
        "discord": Limits(
            text=2000,  # API v10, 2026-08-06
            text_unit="codepoints",  # staff in issue 1315, 2026-11-23
            links="facet",  # API v10, 2026-08-06
            mixed_media=True,  # API v10, 2026-08-06
            images=10,  # API v10, 2026-08-06
            image_bytes=10_485_760,  # API v10, 2026-08-06
            image_types=(_JPEG, _PNG, _GIF, _WEBP),  # from memory, 2026-11-23
            moving=(_GIF, _WEBP),  # from memory, 2026-11-23
            alt=1024,  # API v10, 2026-08-06
            alt_unit="codepoints",  # API v10, 2026-08-06
            videos=10,  # API v10, 2026-08-06
            video_bytes=10_485_760,  # API v10, 2026-08-06
        ),
        # POST /api/submit: Markdown text; sizes of media from memory of the site.
        "reddit": Limits(
            text=40_000,  # third parties, 2026-11-23
            headline=300,  # third parties, 2026-11-23
            headline_required=True,  # third parties, 2026-11-23
            links="facet",  # third parties, 2026-11-23
            images=20,  # third parties, 2026-11-23
            image_bytes=20 * _MB,  # from memory, 2026-11-23
            image_types=(_JPEG, _PNG, _GIF),  # from memory, 2026-11-23
            moving=(_GIF,),  # from memory, 2026-11-23
            videos=1,  # third parties, 2026-11-23
            video_bytes=1000 * _MB,  # from memory, 2026-11-23
            video_types=(_MP4, _MOV),  # from memory, 2026-11-23
            video_seconds=900,  # from memory, 2026-11-23
        ),
        # Business Profile API v4, localPosts: a link can only be the call to action.
        "google-business": Limits(
            text=1500,  # third parties, 2026-11-23
            languages=1,  # localPosts v4, 2026-11-23
            urls=1,  # localPosts v4, 2026-11-23
            media_url=True,  # localPosts v4, 2026-11-23
            images=1,  # third parties, 2026-11-23
            image_bytes=5 * _MB,  # third parties, 2026-11-23
            image_min_side=250,  # third parties, 2026-11-23
            image_types=(_JPEG, _PNG),  # third parties, 2026-11-23
            moving=(),  # from memory, 2026-11-23
        ),
        # Cloud API's messages; Channels have no API, so a person posts these. `*bold*`, `_italic_`
        # and `` `code` `` are WhatsApp's own (https://faq.whatsapp.com/539178204879377).
        "whatsapp": Limits(
            links="marked",  # faq 539178204879377, 2026-11-23
            text=4096,  # Cloud API by third parties, 2026-11-23
            text_with_media=1024,  # Cloud API by third parties, 2026-11-23
            images=1,  # Cloud API by third parties, 2026-11-23
            image_bytes=5 * _MB,  # Cloud API by third parties, 2026-11-23
            image_types=(_JPEG, _PNG),  # Cloud API by third parties, 2026-11-23
            moving=(),  # from memory, 2026-11-23
            videos=1,  # Cloud API by third parties, 2026-11-23
            video_bytes=16 * _MB,  # Cloud API by third parties, 2026-11-23
            video_types=(_MP4, "video/3gpp"),  # Cloud API by third parties, 2026-11-23
        ),
        # chat.postMessage cuts text off at 40,000; `<url|words>` links.
        "slack": Limits(
            text=40_000,  # chat.postMessage, 2026-11-23
            links="facet",  # from memory, 2026-11-23
            threads=True,  # from memory, 2026-11-23
            images=10,  # from memory, 2026-11-23
            alt=None,  # from memory, 2026-11-23
        ),
        # The specification limits an event (64 KiB with everything in it), not its text.
        "matrix": Limits(
            links="facet",  # from memory, 2026-11-23
            threads=True,  # from memory, 2026-11-23
            images=1,  # from memory, 2026-11-23
            alt=None,  # from memory, 2026-11-23
            videos=1,  # from memory, 2026-11-23
        ),
    }
)
"""Name of a network → what it accepts."""

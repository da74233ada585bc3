"""Bounds: how much of a file is read, so that none takes the time of all others.

They lie far above what anybody writes; what passes one is a problem with its line and the way out.
"""

from __future__ import annotations

FILE_BYTES = 1024 * 1024
"""Most bytes of a text file: a body of four bytes a character, and front matter."""
BODY_CHARACTERS = 100_000
"""Most characters of a body. The longest text that a network takes, Facebook's, has 63,206."""
MEDIA = 100
"""Most images, videos and cards of one part; no network takes more than 35."""
ENTRIES = 100
"""Most entries of a list in front matter, such as tags; Instagram takes 30 tags."""
ACCOUNTS = 1000
"""Most accounts of one post."""
DELIVERIES = 5_000
"""Most times that one post goes out: every day for a year on 13 accounts."""
DELIVERIES_OF_BRAND = 50_000
"""Most deliveries of a brand, such as 10,000 posts on five accounts. Every run plans them all."""
NAME = 100
"""Most characters of a name for which a similar one is looked for; `Slug` allows no more."""
PROBLEMS = 50
"""Most problems that are told of one file."""
PROBLEMS_IN_ALL = 1000
"""Most problems that are told at once."""
MESSAGE = 2000
"""Most characters of a problem's message, which may quote what it is about."""

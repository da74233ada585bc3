"""The workspace of the old ledger, and all that happened to it, step by step.

Every step is a command of the version before, a commit, or trouble that a network makes. `make.py`
tells the story; nothing else of it is kept than its files, its ledger and what was said about them.
"""

from __future__ import annotations

FEDI = "http://localhost:8799"
"""Of the instance that the story's `fedi` account is on; the port only matters while it is told."""

KOPI = f"""\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {{network: sandbox, like: bluesky, handle: kopisenja.example.com}}
  mastodon: {{network: sandbox, like: mastodon, handle: kopisenja}}
  instagram: {{network: sandbox, like: instagram, handle: kopisenja}}
  fedi: {{network: mastodon, handle: kopisenja, server: "{FEDI}", secret: KOPI_SENJA_FEDI}}
  papan: {{network: manual, handle: kopisenja}}
"""
REVIEWED = """\
name: {name}
zone: Asia/Jakarta
languages: [id]
approval: review
{approvers}second_approver: [promo]
accounts:
  bluesky: {{network: sandbox, like: bluesky, handle: {name}.example.com}}
"""
START = {
    "mkdocs.yml": "site_name: Cerita\n",
    ".gitignore": ".mimin/\n",
    "content/kopi-senja/brand.yml": KOPI,
    "content/warung/brand.yml": REVIEWED.format(
        name="warung", approvers="approvers: [ayu, citra]\n"
    ),
    "content/toko/brand.yml": REVIEWED.format(name="toko", approvers=""),
}


def post(text, at=None, accounts="bluesky", brand="kopi-senja", **fields):
    """Write a post; gives what `write` takes. `at` is `12-01 09:00`, of 2026."""
    name = fields.pop("name")
    given = {"accounts": f"[{accounts}]"} | ({"at": f"2026-{at}"} if at else {}) | fields
    front = "".join(f"{field}: {value}\n" for field, value in given.items())
    return {f"content/{brand}/posts/{name}.md": f"---\n{front}---\n{text}\n"}


def thread(name, count=3):
    """Write the text of a thread."""
    numbers = ["satu", "dua", "tiga", "empat"][:count]
    return "\n\n---\n".join(f"{name}, bagian {number}" for number in numbers)


def tell(stage):
    """Tell the whole story."""
    stage.commit(START, "09-28 08:00")
    imports(stage)
    october(stage)
    november(stage)
    reviews(stage)
    signatures(stage)
    december(stage)


def imports(stage):
    """History of two other tools: what was sent, what failed, what nobody knows of."""
    stage.bring("twitter-together", "lama", "09-28 09:00")
    stage.bring("galaxy-social", "galaksi", "09-28 09:10")
    stage.commit({}, "09-28 09:20")


def october(stage):
    """Posts go out, are found again after a kill, changed, refused a change, and frozen."""
    picture = "[{file: foto.png, alt: Secangkir kopi}]"
    stage.commit(
        {
            "content/kopi-senja/posts/foto.png": stage.picture,
            **post("Halo!", "10-05 09:00", "bluesky, mastodon", name="halo"),
            **post("Foto", "10-05 09:00", "instagram, fedi", name="foto", media=picture),
            **post(thread("Utas"), "10-05 09:30", "bluesky, mastodon, fedi", name="utas"),
            **post("Komentar", "10-05 10:00", name="komentar", comment="Tautan di sini"),
            **post("Mingguan", "10-07 09:00", name="mingguan", repeat="{every: week, times: 12}"),
            **post("Tulis tangan", "10-05 10:00", "papan", name="tangan"),
            **post("Akan turun", "10-05 11:00", "mastodon, fedi", name="turun"),
            **post("Akan diubah", "10-05 11:00", "bluesky, mastodon, fedi", name="ubah"),
            **post("Tak mau diubah", "10-05 11:30", "fedi", name="tetap"),
        },
        "10-04 18:00",
    )
    stage.publish("10-05 08:55")
    stage.publish("10-05 09:30", fedi={2: "kill after"})
    stage.publish("10-05 09:45")
    stage.publish("10-05 10:00")
    stage.run("done", "kopi-senja/tangan@papan", "--not-out", "--by", "Rara", at="10-05 10:20")
    stage.publish("10-05 10:30")
    out = ("--url", "https://example.com/p/1", "--by", "Rara")
    stage.run("done", "kopi-senja/tangan@papan", *out, at="10-05 10:40")
    stage.publish("10-05 11:00")
    stage.publish("10-05 11:30")
    stage.publish("10-07 09:00")
    stage.run("freeze", "--reason", "akun diretas", "--by", "Rara", at="10-14 08:00")
    stage.publish("10-14 09:00")
    stage.run("resume", "--by", "Rara", at="10-14 09:30")
    stage.publish("10-14 09:40")
    stage.commit(
        {
            **post("Sudah diubah", "10-05 11:00", "bluesky, mastodon, fedi", name="ubah"),
            **post("Akan turun", "10-05 11:00", "mastodon, fedi", name="turun", retract="true"),
        },
        "10-20 08:00",
    )
    stage.publish("10-21 09:00")
    stage.commit(post("Mau, tapi", "10-05 11:30", "fedi", name="tetap"), "10-22 08:00")
    stage.publish("10-22 09:00", fedi={"PUT": "limit"})
    stage.publish("10-22 20:00", fedi={"PUT": "refuse"})


def november(stage):
    """Refusals, unknowns and threads that stay half out, also at the turn of a month."""
    stage.commit(
        {
            **post("Hari terakhir", "10-31 23:58", name="batas"),
            **post("Ditolak", "11-02 09:00", name="ditolak"),
            **post("Ditolak dulu", "11-02 09:10", name="diulang"),
            **post(thread("Tersendat"), "11-02 09:20", name="tersendat"),
            **post(thread("Separuh"), "11-02 09:30", name="separuh"),
            **post(thread("Berubah"), "11-02 09:40", name="berubah"),
            **post("Tak terjawab", "11-02 10:00", name="hilang-jawab"),
            **post("Tak ada", "11-02 10:30", name="tak-ada"),
            **post("Kata orang tidak", "11-02 12:00", name="orang-tidak"),
            **post("Kata orang ya", "11-02 13:00", name="orang-ya"),
            **post("Terlambat", "11-02 13:30", name="terlambat", late="drop"),
            **post("Basi", "11-02 13:30", name="basi", expires="2026-11-02 17:00"),
            **post("Waktu baru", "11-02 13:30", name="waktu-baru", late="drop"),
            **post("Akan hilang", "11-02 14:10", name="terhapus"),
            **post("Berganti nama", "11-02 14:20", name="nama-lama", late="post"),
        },
        "10-31 12:00",
    )
    stage.publish("10-31 23:57")
    stage.trouble("bluesky", "refused")
    stage.publish("11-02 09:00")
    stage.trouble("bluesky", "limited", seconds=60)
    stage.publish("11-02 09:10")
    stage.trouble("bluesky", "slow", "slow", "limited", seconds=90 * 86400)
    stage.publish("11-02 09:20")
    stage.trouble("bluesky", "slow", "slow", "refused")
    stage.publish("11-02 09:30")
    stage.trouble("bluesky", "slow", "limited", seconds=90 * 86400)
    stage.publish("11-02 09:40")
    stage.trouble("bluesky", "answer-lost")
    stage.publish("11-02 10:00")
    stage.publish("11-02 10:05")
    stage.publish("11-02 10:10")
    stage.trouble("bluesky", "timeout")
    stage.publish("11-02 10:30")
    stage.publish("11-02 10:45")
    stage.publish("11-02 11:00")
    stage.trouble("bluesky", "broken")
    stage.publish("11-02 12:00")
    no, yes = "kopi-senja/orang-tidak@bluesky", "kopi-senja/orang-ya@bluesky"
    stage.run("done", no, "--not-out", "--by", "Rara", at="11-02 12:09")
    stage.publish("11-02 12:30")
    stage.trouble("bluesky", "broken-after")
    stage.publish("11-02 13:00")
    stage.trouble("bluesky", "blind")
    stage.run("reconcile", at="11-02 13:10")
    there = ("--url", "https://example.com/p/2", "--by", "Rara")
    stage.run("done", yes, *there, at="11-02 13:15")
    stage.publish("11-02 14:10")
    stage.publish("11-02 14:20")
    stage.publish("11-02 18:00")
    stage.commit(
        {
            **post(thread("Lain sama sekali"), "11-02 09:40", name="berubah"),
            **post("Waktu baru", "11-20 11:00", name="waktu-baru", late="drop"),
            **post("Berganti nama", "11-02 14:20", name="nama-baru", late="post"),
            "content/kopi-senja/posts/nama-lama.md": None,
            "content/kopi-senja/posts/terhapus.md": None,
        },
        "11-05 08:00",
    )
    stage.publish("11-20 11:00")


def reviews(stage):
    """Approvals from GitHub: enough, not enough, of an earlier text, none."""
    due, later = "11-25 09:00", "12-15 09:00"

    def write(name, text, at=later, **fields):
        return post(text, at, brand="warung", name=name, **fields)

    stage.pull(12, {**write("terbit", "Terbit", due), **write("siap", "Siap")}, ["ayu"])
    stage.pull(13, write("promo-satu", "Promo satu", labels="[promo]"), ["ayu"])
    stage.pull(14, write("promo-dua", "Promo dua", labels="[promo]"), ["ayu", "citra"])
    stage.pull(15, write("berubah", "Sebelum"), ["ayu"])
    stage.pull(16, write("tanpa", "Tanpa"), [])
    for number, minute in ((12, 10), (13, 11), (14, 12), (15, 13), (16, 14)):
        stage.approve(number, f"11-24 09:{minute}")
    stage.commit(write("berubah", "Sesudah"), "11-24 10:00")
    stage.run("freeze", "warung", "--reason", "libur", "--by", "Dewi", at="11-25 08:00")
    stage.publish("11-25 09:00")
    stage.run("resume", "warung", "--by", "Dewi", at="11-25 09:30")
    stage.publish("11-25 09:31")


def signatures(stage):
    """Approvals by signature: enough, not enough, of an earlier text, with a key that was lost."""
    due, later = "11-26 09:00", "12-15 10:00"

    def write(name, text, at=later, **fields):
        return post(text, at, brand="toko", name=name, **fields)

    stage.commit(
        {
            ".github/allowed_signers": stage.signers("ayu", "citra", "dewi"),
            **write("terbit", "Terbit", due),
            **write("siap", "Siap"),
            **write("promo-satu", "Promo satu", labels="[promo]"),
            **write("promo-dua", "Promo dua", labels="[promo]"),
            **write("berubah", "Sebelum"),
            **write("keluar", "Kunci lama"),
            **write("tanpa", "Tanpa"),
        },
        "11-25 10:00",
    )
    for name in ("terbit", "siap", "promo-satu", "promo-dua", "berubah"):
        stage.sign(f"toko/{name}", "ayu", "11-25 11:00")
    stage.sign("toko/promo-dua", "citra", "11-25 11:10")
    stage.sign("toko/keluar", "dewi", "11-25 11:20")
    stage.commit(
        {
            ".github/allowed_signers": stage.signers("ayu", "citra"),
            **write("berubah", "Sesudah"),
        },
        "11-25 12:00",
    )
    stage.publish("11-26 09:00")


def december(stage):
    """What is open when the version before says its last word."""
    stage.commit(
        {
            **post("Siapa tahu", "12-14 09:00", name="tak-tahu"),
            **post(thread("Terbuka"), "12-14 09:10", name="terbuka"),
            **post(thread("Terputus"), "12-14 09:20", "fedi", name="terputus"),
            **post("Menunggu", "12-14 09:30", "papan", name="menunggu"),
            **post("Beku", "12-15 08:00", "mastodon", name="beku"),
            **post("Kini", "12-15 09:00", "bluesky, fedi", name="kini"),
            **post("Ditahan", "12-14 12:00", "instagram", name="ditahan"),
            **post("Boleh telat", "12-14 12:00", "bluesky", name="boleh-telat", late="post"),
            **post("Segera basi", "12-15 08:30", name="segera", expires="2026-12-15 20:00"),
            **post("Nanti", "12-28 09:00", "bluesky, papan", name="nanti"),
            **post("Konsep", "12-16 09:00", name="konsep", draft="true"),
            **post("Tanpa waktu", name="tanpa-waktu"),
            **post("Panjang " * 60, "12-16 09:00", name="panjang"),
            **post("Tak jadi", "12-16 09:00", name="tak-jadi", retract="true"),
        },
        "12-13 12:00",
    )
    stage.run(
        "freeze", "kopi-senja/mastodon", "--reason", "sandi bocor", "--by", "Rara", at="12-13 13:00"
    )
    stage.trouble("bluesky", "timeout")
    stage.publish("12-14 09:00")
    stage.trouble("bluesky", "blind", "slow", "broken-after")
    stage.publish("12-14 09:10")
    stage.trouble("bluesky", "blind", "blind")
    stage.publish("12-14 09:20", fedi={2: "kill before"})
    stage.publish("12-14 09:30", "--account", "kopi-senja/papan")

"""What alarms say, in English and Indonesian: the same codes, the same places to fill."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mimin.printable import printable
from mimin.watch.alarm import Alarm, Code

_SHOWN = 3
"""How many deliveries a line names before it counts the rest."""

ENGLISH: Mapping[Code, str] = {
    Code.TWICE: "{subject} is out more than once ({links}); delete one, and tell us: this is a bug",
    Code.UNKNOWN: "{subject} may be out, and nobody can say ({reason}); look at the account, then "
    "`mimin done {subject}` with --url, --out or --not-out",
    Code.CLAIM: "{subject} was claimed by run {run}, which died; `mimin reconcile` asks about it",
    Code.MISSED: "no run came: {which} should have gone out since {due}; run `mimin publish`, then "
    "find out why the schedule did not",
    Code.HELD: "{subject} is held: its time was {due}, too long ago; set a new `at:`, or "
    "`late: post`",
    Code.REFUSED: "{subject} was refused ({tries} tries): {reason}; change the post, or mend the "
    "account",
    Code.BROKEN: "{subject} falls due at {due} and has problems; `mimin check {path}` shows them",
    Code.LEDGER: "the ledger can not be read, so nothing is published: {reason}",
    Code.FILES: "{path} is in error ({count} here): {message}; held up by it: {which}; "
    "`mimin check` shows all",
    Code.BLACKOUT: "{subject} was planned for {due} and is not sent: {why}",
    Code.BLOCKED: "{subject} is due at {due} and is not sent: {why}",
    Code.UNAPPROVED: "{subject} falls due at {due} and is not approved; without that it stays in",
    Code.DROPPED: "{subject} did not go out and will not: due at {due}, it expired or was late; "
    "a new `at:` sends it",
    Code.HANDED: "{subject} waits for a person since {when}; post it, then "
    "`mimin done {subject}` with --url or --out",
    Code.FROZEN: "{scope} is frozen by {by} ({reason}); waiting behind it: {which}; `{way}`",
    Code.TOKEN: "the secret {secret} of {subject} dies after {day}; behind it: {which}; make "
    "a new one, and set `secret_expires:`",
    Code.VERSION: "{network} ends version {version} of its API after {day}; behind it: {which}; "
    "set a newer `version:` where the account has one, or update mimin",
    Code.DRAFT: "{subject} is due at {due} and is a draft; take `draft: true` out, or move it",
    Code.IDLE: "{subject} has nothing planned for the next {days} days; plan something, or set "
    "a longer `quiet:` in brand.yml",
    Code.SALVO: "{subject}: closer than {minutes} min together: {which}; move some of them",
    Code.WORKFLOW_OFF: "GitHub has stopped the workflow {subject} ({state}); enable it again",
    Code.WORKFLOW_LATE: "the workflow {subject} last ran at {when}, over {hours} h ago; start it",
    Code.WORKFLOW_FAILED: "the last run of the workflow {subject} failed: {url}",
}

INDONESIAN: Mapping[Code, str] = {
    Code.TWICE: "{subject} terbit lebih dari sekali ({links}); hapus satu, dan laporkan: ini bug",
    Code.UNKNOWN: "{subject} mungkin sudah terbit, belum pasti ({reason}); lihat akunnya, lalu "
    "`mimin done {subject}` dengan --url, --out, atau --not-out",
    Code.CLAIM: "{subject} diklaim proses {run} yang lalu mati; `mimin reconcile` bertanya ke "
    "jejaring",
    Code.MISSED: "proses tidak datang: {which} mestinya terbit sejak {due}; jalankan "
    "`mimin publish`, lalu cari tahu mengapa jadwalnya tidak jalan",
    Code.HELD: "{subject} tertahan: jadwalnya {due}, sudah terlalu lama; beri `at:` baru, "
    "atau `late: post`",
    Code.REFUSED: "{subject} ditolak ({tries} kali dicoba): {reason}; ubah unggahannya, atau "
    "betulkan akunnya",
    Code.BROKEN: "{subject} dijadwalkan {due} dan bermasalah; lihat dengan `mimin check {path}`",
    Code.LEDGER: "buku terbit tidak bisa dibaca, jadi tidak ada yang terbit: {reason}",
    Code.FILES: "{path} salah ({count} di sini): {message}; yang tertahan: {which}; "
    "`mimin check` menunjukkan semuanya",
    Code.BLACKOUT: "{subject} dijadwalkan {due} dan tidak dikirim: {why}",
    Code.BLOCKED: "{subject} dijadwalkan {due} dan tidak dikirim: {why}",
    Code.UNAPPROVED: "{subject} dijadwalkan {due} dan belum disetujui; tanpa itu tidak terbit",
    Code.DROPPED: "{subject} batal terbit: jadwalnya {due}, kedaluwarsa atau terlalu telat; beri "
    "`at:` baru kalau tetap mau dikirim",
    Code.HANDED: "{subject} menunggu orang sejak {when}; unggah, lalu "
    "`mimin done {subject}` dengan --url atau --out",
    Code.FROZEN: "{scope} dibekukan oleh {by} ({reason}); yang menunggu: {which}; `{way}`",
    Code.TOKEN: "rahasia {secret} milik {subject} mati setelah {day}; sesudahnya: {which}; buat "
    "yang baru, lalu tulis `secret_expires:`",
    Code.VERSION: "{network} mengakhiri API versi {version} setelah {day}; sesudahnya: {which}; "
    "beri `version:` yang lebih baru kalau akunnya punya, atau perbarui mimin",
    Code.DRAFT: "{subject} dijadwalkan {due} tetapi masih draf; hapus `draft: true`, atau geser",
    Code.IDLE: "{subject} tidak punya rencana untuk {days} hari ke depan; rencanakan sesuatu, atau "
    "beri `quiet:` yang lebih panjang di brand.yml",
    Code.SALVO: "{subject}: jaraknya kurang dari {minutes} menit: {which}; geser sebagian",
    Code.WORKFLOW_OFF: "GitHub menghentikan workflow {subject} ({state}); aktifkan lagi",
    Code.WORKFLOW_LATE: "workflow {subject} terakhir jalan {when}, lebih dari {hours} jam lalu; "
    "jalankan",
    Code.WORKFLOW_FAILED: "workflow {subject} terakhir gagal: {url}",
}

_OF_A_SERIES: Mapping[str, Mapping[Code, str]] = MappingProxyType(
    {
        "en": {
            Code.HELD: "{subject} is held: number {numbers} of it was due {due}, too long ago; "
            "below `repeat:`, leave it out with `skip: [{numbers}]`, or give it a new time with "
            "`move: {{{number}: …}}`",
            Code.DROPPED: "number {numbers} of {subject} did not go out and will not: due at "
            "{due}, it expired or was late; `move: {{{number}: …}}` below `repeat:` sends it",
        },
        "id": {
            Code.HELD: "{subject} tertahan: nomor {numbers} jadwalnya {due}, sudah terlalu lama; "
            "di bawah `repeat:`, lewati dengan `skip: [{numbers}]`, atau beri waktu baru dengan "
            "`move: {{{number}: …}}`",
            Code.DROPPED: "nomor {numbers} dari {subject} batal terbit: jadwalnya {due}, "
            "kedaluwarsa atau terlalu telat; `move: {{{number}: …}}` di bawah `repeat:` "
            "mengirimnya",
        },
    }
)
"""What is said in place of that of occurrences: a new `at:` would move all of them."""

_TO_TAKE_DOWN: Mapping[str, str] = MappingProxyType(
    {
        "en": "{subject} is to be taken down and is still out: {why}",
        "id": "{subject} harus ditarik dan masih terlihat di luar: {why}",
    }
)
"""What is said of what is kept back, where it is out already."""

CATALOGUES: Mapping[str, Mapping[Code, str]] = MappingProxyType({"en": ENGLISH, "id": INDONESIAN})
_REST = {"en": " and {count} more", "id": " dan {count} lagi"}
_NOTHING = {"en": "nothing yet", "id": "belum ada"}
_SIMULATED = {"en": " (simulated)", "id": " (simulasi)"}
_ALL = {"en": "everything", "id": "semuanya"}


def describe(alarm: Alarm, language: str = "en") -> str:
    """Say what is wrong and the way out, in one line of *language*; English where it has none."""
    tongue = language.lower().partition("-")[0]
    tongue = tongue if tongue in CATALOGUES else "en"
    places = {
        "subject": alarm.subject,
        "scope": _ALL[tongue] if alarm.subject == "*" else alarm.subject,
        "which": _which(alarm, tongue),
        **alarm.details,
    }
    series = _OF_A_SERIES[tongue] if "numbers" in alarm.details else {}
    says = series.get(alarm.code) or CATALOGUES[tongue][alarm.code]
    says = _TO_TAKE_DOWN[tongue] if "retract" in alarm.details else says
    text = says.format(**places)
    text += _SIMULATED[tongue] if alarm.details.get("simulated") == "*" else ""
    return printable(" ".join(text.split()))


def _which(alarm: Alarm, language: str) -> str:
    tried = alarm.details.get("simulated", "").split()
    shown = alarm.deliveries[:_SHOWN]
    named = ", ".join(key + (_SIMULATED[language] if key in tried else "") for key in shown)
    rest = len(alarm.deliveries) - _SHOWN
    if rest > 0:
        named += _REST[language].format(count=rest)
    return named or _NOTHING[language]

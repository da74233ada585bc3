"""`make fuzz`: try hostile inputs on each target, for as long as is asked for.

With atheris, which follows the coverage, where it is installed; else with Hypothesis. Prints the
number of executions and seconds. An input that ends in an exception, or takes longer than the
target may, ends the run and is written into `.fuzz/`; `--input FILE TARGET` runs it again.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tools"))
sys.path.insert(0, str(Path(__file__).parent))

FOUND = Path(".fuzz")


def measured(target, data: bytes) -> None:
    begun = time.process_time()
    target.run(data)
    took = time.process_time() - begun
    assert took <= target.seconds, f"{took:.1f} s for {len(data)} bytes"


def with_hypothesis(name: str, seconds: float) -> int:
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st
    from targets import TARGETS

    target = TARGETS[name]
    seeds = list(target.seeds)
    pieces = st.one_of(
        st.sampled_from(seeds or [b""]),
        st.sampled_from([word.encode("utf-8", "surrogatepass") for word in target.words] or [b""]),
        st.text(max_size=4).map(lambda text: text.encode("utf-8", "replace")),
        st.binary(max_size=8),
        st.sampled_from([b"[", b"{", b"*", b"`", b"> ", b"\n", b" "]).flatmap(
            lambda unit: st.integers(1, 2000).map(lambda times: unit * times)
        ),
    )
    inputs = st.one_of(
        st.lists(pieces, max_size=30).map(b"".join),
        st.tuples(st.sampled_from(seeds), st.integers(0, 400), st.lists(pieces, max_size=4)).map(
            lambda made: made[0][: made[1]] + b"".join(made[2]) + made[0][made[1] :]
        ),
    )
    executed = 0
    until = time.monotonic() + seconds
    for given_seed in seeds:
        _keep(name, target, given_seed)
        executed += 1
    rounds = 0
    while time.monotonic() < until:
        rounds += 1

        @seed(rounds)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(inputs)
        def run(data):
            nonlocal executed
            if time.monotonic() < until:
                executed += 1
                _keep(name, target, data)

        run()
    return executed


def _keep(name: str, target, data: bytes) -> None:
    try:
        measured(target, data)
    except BaseException:
        FOUND.mkdir(exist_ok=True)
        file = FOUND / f"{name.replace(' ', '-')}.bin"
        file.write_bytes(data)
        print(f"{name}: failed with {len(data)} bytes; they are in {file}", file=sys.stderr)
        raise


def with_atheris(name: str, seconds: float) -> None:
    """Run until the time is over; libFuzzer then prints its figures, and ends the process."""
    import atheris
    from targets import TARGETS

    target = TARGETS[name]
    corpus = FOUND / f"corpus-{name.replace(' ', '-')}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds):
        (corpus / f"seed{number}").write_bytes(data)
    # Whatever a target imports, it imports at its first use.
    with atheris.instrument_imports(include=["mimin"]):
        for data in itertools.islice(target.seeds, 50):
            target.run(data)
    flags = [f"-max_total_time={seconds:.0f}", "-max_len=4096", "-timeout=60", "-verbosity=0"]
    more = [f"-artifact_prefix={FOUND}/", "-print_final_stats=1", str(corpus)]
    atheris.Setup([sys.argv[0], *flags, *more], lambda data: _keep(name, target, data))
    atheris.Fuzz()


def _one(name: str, engine: str, seconds: float) -> None:
    begun = time.monotonic()
    if engine == "atheris":
        with_atheris(name, seconds)  # ends the process, with libFuzzer's own figures
        return
    executed = with_hypothesis(name, seconds)
    print(f"{name}: {executed:,} executions in {time.monotonic() - begun:.0f} s ({engine})")


def main() -> int:
    from targets import TARGETS

    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("names", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--engine", choices=["atheris", "hypothesis"])
    parser.add_argument("--input", type=Path, help="run this file again")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.names) - set(TARGETS)
    if unknown:
        parser.error(f"no target is called {', '.join(sorted(unknown))}")
    if options.input:
        for name in options.names:
            measured(TARGETS[name], options.input.read_bytes())
        return 0
    if options.here:
        _one(options.names[0], options.engine, options.seconds)
        return 0
    there = importlib.util.find_spec("atheris") is not None
    engine = options.engine or ("atheris" if there else "hypothesis")
    failed = []
    for name in options.names or TARGETS:
        # A process each, as libFuzzer ends the one in which it runs.
        words = [name, "--here", "--engine", engine, "--seconds", str(options.seconds)]
        if subprocess.run([sys.executable, __file__, *words], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())

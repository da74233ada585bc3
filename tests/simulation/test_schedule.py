"""Simulated time: one thread moves at a time, waiting costs nothing, and the dead stay dead."""

from __future__ import annotations

from types import SimpleNamespace

from simulator.runner import Runner
from simulator.schedule import Killed, Lock, Pool


def test_waiting_takes_no_time_and_keeps_the_order_of_moments(schedule):
    seen = []

    def wait(seconds):
        schedule.sleep(seconds)
        seen.append((seconds, schedule.seconds))

    begin = schedule.seconds
    for seconds in (3600.0, 60.0, 86400.0):
        schedule.spawn(lambda seconds=seconds: wait(seconds))
    schedule.run()
    assert seen == [(each, begin + each) for each in (60.0, 3600.0, 86400.0)]


def test_a_lock_lets_everybody_ready_arrive_before_it_is_taken(schedule):
    lock, arrived, seen = Lock(), [], []

    def work(name):
        arrived.append(name)
        with lock:
            seen.append((name, len(arrived)))
            schedule.sleep(1)

    for name in "abc":
        schedule.spawn(lambda name=name: work(name))
    schedule.run()
    assert seen == [("a", 3), ("b", 3), ("c", 3)]


def test_a_pool_gives_results_in_order_whoever_is_done_first(schedule):
    def work(seconds):
        schedule.sleep(seconds)
        return seconds

    found = []
    schedule.spawn(lambda: found.extend(Pool().map(work, [3, 1, 2])))
    schedule.run()
    assert found == [3, 1, 2]


def test_nothing_after_the_step_of_death_is_executed_in_any_thread(schedule):
    world = SimpleNamespace(tally={"kills": 0}, schedule=schedule)
    runner = Runner(world=world, name="run", clone=0, seed="1", kill_at=3)
    seen = []

    def work(name):
        for number in range(5):
            runner.step(f"{name} {number}")
            seen.append((name, number))
            schedule.sleep(1)

    tasks = [schedule.spawn(lambda name=name: work(name), runner) for name in "ab"]
    schedule.run()
    assert seen == [("a", 0), ("b", 0)]
    assert all(isinstance(task.error, Killed) for task in tasks)


def test_a_task_that_fails_is_not_forgotten(schedule):
    schedule.spawn(lambda: 1 / 0)
    schedule.run()
    assert isinstance(schedule.failure, ZeroDivisionError)

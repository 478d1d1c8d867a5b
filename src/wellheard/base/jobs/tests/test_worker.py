from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from wellheard.base.jobs import leases, schedule
from wellheard.base.jobs.models import PeriodicRun, WorkerBeat
from wellheard.base.jobs.schedule import Periodic
from wellheard.base.jobs.worker import Worker

pytestmark = [pytest.mark.django_db, pytest.mark.capability("P03")]
ran: list[object] = []


@task()
def remember(number: int) -> None:
    ran.append(number)


@task()
def fail() -> None:
    raise ValueError("a patient's words")


@pytest.fixture(autouse=True)
def forget():
    ran.clear()


def test_worker_runs_ready_jobs_in_order_then_rests():
    for number in (1, 2, 3):
        remember.enqueue(number)
    assert Worker().drain() == 3
    assert ran == [1, 2, 3]


def test_job_that_fails_keeps_no_words():
    fail.enqueue()
    Worker().drain()
    job = DBTaskResult.objects.get()
    assert job.status == TaskResultStatus.FAILED
    assert job.exception_class_path == "builtins.ValueError"
    assert job.traceback == ""


def test_job_of_a_killed_worker_is_given_back_after_its_lease():
    remember.enqueue(7)
    now = timezone.now()
    dead = Worker()
    leases.sign(dead.id, now=now)
    assert dead._claim() is not None
    assert leases.give_back_orphans(now) == 0, "its worker still lives"
    assert leases.give_back_orphans(now + leases.LEASE * 2) == 1
    Worker().drain()
    assert ran == [7]


def test_job_that_kills_every_worker_is_put_aside():
    remember.enqueue(8)
    now = timezone.now()
    for _ in range(leases.MOST_CLAIMS):
        Worker()._claim()
        now += leases.LEASE * 2
        leases.give_back_orphans(now)
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED
    assert Worker().drain() == 0


def test_two_workers_never_take_one_job():
    remember.enqueue(9)
    assert Worker()._claim() is not None
    assert Worker()._claim() is None


def tick(now):
    ran.append(now)


def break_down(now):
    raise RuntimeError


@pytest.fixture
def timetable(monkeypatch):
    def put(run):
        name = f"{__name__}.{run}"
        periodic = Periodic("tick", timedelta(minutes=10), name, timedelta(minutes=5))
        monkeypatch.setattr("wellheard.config.wiring.SCHEDULE", [periodic])
        monkeypatch.setattr(schedule, "import_string", lambda path: globals()[path.split(".")[-1]])

    return put


def test_periodic_work_runs_when_due_and_not_before(timetable, at):
    timetable("tick")
    assert schedule.run_due(at) == 1
    assert schedule.run_due(at + timedelta(minutes=9)) == 0
    assert schedule.run_due(at + timedelta(minutes=10)) == 1
    assert ran == [at, at + timedelta(minutes=10)]


def test_missed_runs_are_made_up_once_and_counted(timetable, at):
    timetable("tick")
    schedule.run_due(at)
    later = at + timedelta(hours=1)
    assert [row.name for row in schedule.missed(later)] == ["tick"]
    assert schedule.run_due(later) == 1
    assert schedule.run_due(later) == 0
    assert PeriodicRun.objects.get().missed == 5
    assert schedule.missed(later) == []


def test_periodic_work_that_fails_raises_the_alarm(timetable, at):
    timetable("break_down")
    schedule.run_due(at)
    assert PeriodicRun.objects.get().error == "RuntimeError"
    assert schedule.missed(at + timedelta(hours=1)) != []


def test_signing_off_leaves_no_beat():
    leases.sign("w-1", now=timezone.now())
    leases.sign_off("w-1")
    assert WorkerBeat.objects.count() == 0

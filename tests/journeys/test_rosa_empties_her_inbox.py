"""Rosa, the grievance officer, empties her inbox with the keyboard alone; Ana reads the answer.

One case is ready and closes with an undo in between, one is put aside, one is given away.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.journeys.reading import assert_readable
from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.resolve.complaints.actions.closing import tell_closed
from wellheard.resolve.complaints.actions.letters import send_held_letters
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.tests.working import make_ready

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture
def rosa(staff):
    return staff("grievance_officer")


@pytest.fixture
def three_cases(organisation, place, actor, rosa):
    now = timezone.now() - timedelta(hours=1)

    def opened(text, kind, tier):
        new = NewComment(
            organisation=organisation,
            source="letter",
            text=text,
            place=place,
            received_at=now,
            language="en",
        )
        comment = receive_comment(new, by=actor, at=now)
        case, _ = open_case(
            comment_id=comment.pk, new=NewCase(kind=kind, tier=tier), by=actor, at=now
        )
        return case

    ready = opened("Nobody answered the bell.", "complaint", "high")
    waiting = opened("When are my results ready?", "inquiry", "")
    other = opened("Whom do I ask about parking?", "inquiry", "")
    by = Actor("staff", str(rosa.pk), organisation.pk, rosa.name)
    make_ready(ready, by, now)
    return ready, waiting, other


def open_step(page, keys, name):
    """Open the form of a step with its shortcut; it has come when it stands in the pane."""
    page.keyboard.press(keys)
    wait_for_step(page, name)


def wait_for_step(page, name):
    page.locator(f"#pane form[action*='/steps/{name}/']").wait_for()
    # Asked from outside: the content policy forbids the page to evaluate a waiting function.
    for _ in range(200):
        if page.evaluate("Boolean(document.activeElement.closest('.step-form'))"):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the focus did not reach the form of {name}")


def finish_step(page, name):
    """Send the form; it has been taken when it is gone from the pane."""
    page.keyboard.press("Control+Enter")
    page.locator(f"#pane form[action*='/steps/{name}/']").wait_for(state="detached")


@pytest.mark.capability("C07")
@pytest.mark.capability("P09")
def test_inbox_is_emptied_with_the_keyboard_alone(three_cases, rosa, staff, signed_page, open_page):
    colleague = staff("px_specialist")
    ready, _, _ = three_cases
    page = signed_page(rosa)
    # A step's own address, as a colleague may send it: the form has the focus there too.
    page.goto(f"/staff/inbox/?owner=me&case={ready.pk}&do=snooze#work")
    wait_for_step(page, "snooze")
    page.goto("/staff/inbox/?owner=me")
    page.keyboard.press("Alt+j")
    page.locator("#pane .case-title").wait_for()
    assert ready.reference in page.locator("#pane").inner_text()
    assert_readable(page)

    open_step(page, "Alt+e", "close")
    finish_step(page, "close")
    assert f"{ready.reference} is closed." in page.locator("#pane .undo").inner_text()
    page.keyboard.press("Alt+z")
    page.locator("#pane .undo").wait_for(state="detached")
    ready.refresh_from_db()
    assert ready.is_open

    open_step(page, "Alt+e", "close")
    finish_step(page, "close")
    ready.refresh_from_db()
    assert not ready.is_open

    open_step(page, "Alt+m", "snooze")
    for key in ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    finish_step(page, "snooze")
    open_step(page, "Alt+a", "assign")
    page.keyboard.press(colleague.name[0])
    finish_step(page, "assign")
    page.goto("/staff/inbox/?owner=me")
    assert "Nothing here" in page.locator("main").inner_text()
    assert_readable(page)
    assert Case.objects.filter(snoozed_until__isnull=False).count() == 1
    assert Case.objects.filter(owner=colleague).count() == 1

    now = timezone.now() + timedelta(minutes=1)
    send_held_letters(now)
    tell_closed(now)
    ana = open_page(width=320, scripts=False)
    ana.goto(f"/en/follow/{ready.secret}/")
    assert "We have finished our work on this." in ana.locator("main").inner_text()
    assert "The bell rang for 31 minutes." in ana.locator("main").inner_text()

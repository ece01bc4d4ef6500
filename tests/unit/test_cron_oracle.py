# SPDX-License-Identifier: MIT
"""Random schedules, compared with python3-croniter.

Where both day fields are restricted it reads three things in another way than Vixie cron, and they are
left out by construction: a day field `*/n` is a restriction like any other (Vixie: both fields must
match), one that lists every day is none (Vixie: it matches every day), and a date that never comes is
refused (Vixie: the weekdays still do). It also forgets the first days of a month when a list holds
both these and days that the month before does not have: so lists end with the 28th, the later days
stand alone, and the steps are those that hit the 29th first. MODELSYNC_TEST_SEED chooses other
schedules.
"""
import calendar
import os
import random
import subprocess
import unittest

try:
    import croniter
except ImportError:
    croniter = None

SCHEDULES = 10000
TIMES = 3  # after each of the moments
MOMENTS = 2
FIRST = calendar.timegm((2020, 1, 1, 0, 0, 0))
LAST = calendar.timegm((2030, 1, 1, 0, 0, 0))
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()


def value(pick, number, names, base):
    if names and pick.random() < 0.3:
        return pick.choice((str.lower, str.upper, str.title))(names[number - base])
    return str(number)


def item(pick, low, high, names, base):
    begin = pick.randint(low, high)
    if pick.random() < 0.5:
        return value(pick, begin, names, base)
    end = pick.randint(begin, high)
    step = "/%d" % pick.randint(1, high) if pick.random() < 0.4 else ""
    return "%s-%s%s" % (value(pick, begin, names, base), value(pick, end, names, base), step)


def field(pick, low, high, names=None, base=0, starred=True, restricted=0.6):
    kind = pick.random()
    if kind > restricted:
        return "*"
    if starred and kind < 0.15:
        return "*/%d" % pick.randint(1, high)
    return ",".join(item(pick, low, high, names, base) for _ in range(pick.choice((1, 1, 1, 2, 3))))


STEPS = [step for step in range(1, 32)
         if next((day for day in range(1, 32, step) if day > 28), 29) == 29]


def date_field(pick):
    kind = pick.random()
    if kind < 0.2:
        return str(pick.randint(29, 31))
    if kind < 0.4:
        return "*/%d" % pick.choice(STEPS)
    return field(pick, 1, 28, starred=False)


def day_fields(pick):
    if pick.random() < 0.3:
        return (field(pick, 2, 28, starred=False, restricted=1),
                field(pick, 1, 6, WEEKDAYS, starred=False, restricted=1))
    if pick.random() < 0.5:
        return date_field(pick), "*"
    return "*", field(pick, 0, 6, WEEKDAYS)


def expression(pick):
    day, weekday = day_fields(pick)
    return " ".join((
        field(pick, 0, 59, restricted=0.8), field(pick, 0, 23, restricted=0.7), day,
        field(pick, 1, 12, MONTHS, base=1, restricted=0.4), weekday,
    ))


def expected(text, moment):
    try:
        times = croniter.croniter(text, moment)
        return " ".join("%d" % times.get_next(float) for _ in range(TIMES))
    except croniter.CroniterBadDateError:
        return "refused"


@unittest.skipUnless(croniter, "python3-croniter is missing")
class OracleTest(unittest.TestCase):
    def test_random_schedules(self):
        pick = random.Random(int(os.environ.get("MODELSYNC_TEST_SEED", "1")))
        questions = []
        for _ in range(SCHEDULES):
            text = expression(pick)
            questions += [(pick.randrange(FIRST, LAST), text) for _ in range(MOMENTS)]
        lines = "".join("%d %d %s\n" % (moment, TIMES, text) for moment, text in questions)
        program = os.path.join(os.path.dirname(os.environ["MODELSYNC_BIN"]), "tests", "unit", "cron_times")
        done = subprocess.run([program], input=lines, capture_output=True, encoding="ascii", check=True)
        answers = done.stdout.splitlines()
        self.assertEqual(len(answers), len(questions))
        for (moment, text), answer in zip(questions, answers):
            self.assertEqual(answer, expected(text, moment), "%s after %d" % (text, moment))


if __name__ == "__main__":
    unittest.main()

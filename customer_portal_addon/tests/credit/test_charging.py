from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.credit.charging import charge

MINUTES = st.integers(0, 1440)
STEPS = st.integers(1, 240)
# also on a machine that is busy
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestCharging(BaseCase):
    def test_examples(self):
        for worked, minimum, increment, charged in (
            (0, 15, 10, 0),
            (1, 0, 1, 1),
            (3, 15, 1, 15),
            (15, 15, 10, 20),
            (11, 0, 10, 20),
            (20, 0, 10, 20),
            (7, 15, 10, 15),
        ):
            self.assertEqual(charge(worked, minimum, increment), charged)

    @patient
    @given(MINUTES, MINUTES, STEPS)
    def test_never_less_than_worked_nor_more_than_a_step_above(self, worked, low, step):
        charged = charge(worked, low, step)
        self.assertIsInstance(charged, int)
        self.assertGreaterEqual(charged, worked)
        self.assertLess(charged, max(low, worked) + step)
        if worked:
            self.assertTrue(charged == low or charged % step == 0)
            self.assertGreaterEqual(charged, low)
        else:
            self.assertEqual(charged, 0)

    @patient
    @given(MINUTES, MINUTES, MINUTES, STEPS)
    def test_more_work_never_costs_less(self, one, other, low, step):
        less, more = sorted([one, other])
        self.assertLessEqual(charge(less, low, step), charge(more, low, step))

    def test_nonsense(self):
        for values in ((-1, 0, 1), (1, -1, 1), (1, 0, 0)):
            with self.assertRaises(ValueError):
                charge(*values)

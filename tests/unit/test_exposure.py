"""Exposure against a limit, scores of any provider on one scale, classes."""

from decimal import Decimal as D

import pytest
from core import exposure


@pytest.mark.parametrize(
    ("owed", "limit", "band"),
    [
        ("0", "1000", 0),
        ("499.99", "1000", 0),
        ("500", "1000", 50),
        ("699.99", "1000", 50),
        ("700", "1000", 70),
        ("900", "1000", 90),
        ("999.99", "1000", 90),
        ("1000", "1000", 100),
        ("5000", "1000", 100),
        ("-200", "1000", 0),
        ("200", "0", 0),
    ],
)
def test_the_thresholds(owed, limit, band):
    assert exposure.band(D(owed), D(limit)) == band


def test_without_a_limit_no_share_is_used():
    assert exposure.used_percent(D(10), D(0)) is None
    assert exposure.used_percent(D(10), D(40)) == 25


@pytest.mark.parametrize(
    ("told", "now", "alert"),
    [(0, 50, 50), (50, 50, 0), (50, 100, 100), (90, 70, 0), (0, 0, 0)],
)
def test_each_threshold_is_told_once(told, now, alert):
    assert exposure.crossed(told, now) == alert


@pytest.mark.parametrize(
    ("score", "worst", "best", "scaled"),
    [
        ("14", "0", "20", 70),
        ("10", "1", "10", 100),
        ("1", "1", "10", 0),
        ("2", "9", "1", D("87.5")),  # the larger, the riskier
    ],
)
def test_scores_of_any_provider_share_one_scale(score, worst, best, scaled):
    assert exposure.scaled(D(score), D(worst), D(best)) == scaled


@pytest.mark.parametrize(
    ("score", "worst", "best"), [(21, 0, 20), (-1, 0, 20), (1, 1, 1)]
)
def test_a_score_outside_its_scale_is_refused(score, worst, best):
    with pytest.raises(ValueError):
        exposure.scaled(D(score), D(worst), D(best))


@pytest.mark.parametrize(
    ("score", "found"),
    [(None, None), (D(100), 1), (D(70), 1), (D("69.9"), 2), (D(10), 3), (D(9), None)],
)
def test_the_class_of_a_score(score, found):
    classes = [
        exposure.RiskClass(3, D(10)),
        exposure.RiskClass(1, D(70)),
        exposure.RiskClass(2, D(40)),
    ]
    assert exposure.class_of(score, classes) == found

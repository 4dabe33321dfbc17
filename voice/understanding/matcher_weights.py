"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` printed them. Do not edit by hand."""

RANKING = {
    "query_covered": 1.631,
    "name_covered": 0.669,
    "covered": 1.163,
    "surplus_words": -0.856,
    "missing_words": -1.097,
    "both_missing": -1.543,
    "best_word": 2.159,
    "code_agrees": 2.108,
    "code_differs": -1.781,
    "query_number_missing": -0.905,
    "name_number_missing": 0.428,
    "number_differs": -1.151,
    "first_word": 0.979,
    "last_word": 0.170,
    "name_first": 0.047,
    "name_last": 0.441,
    "in_order": 0.453,
    "brief": -0.296,
    "exact": 0.000,
    "spelling": 1.683,
    "sound": 1.475,
    "sort": 1.195,
    "set": 1.345,
    "whole": 0.972,
    "partial": 0.870,
    "joined": 0.987,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.885, "none": 10.273, "unknown": -1.449}
"""Scale of the scores, and the score of "none is meant": a constant and a part for words no name has"""

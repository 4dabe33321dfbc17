"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {
    "query_covered": 1.501,
    "name_covered": 0.476,
    "covered": 1.037,
    "surplus_words": -0.669,
    "missing_words": -1.134,
    "both_missing": -1.341,
    "best_word": 2.098,
    "code_agrees": 2.011,
    "code_differs": -1.686,
    "query_number_missing": -0.364,
    "name_number_missing": 0.228,
    "number_differs": -0.882,
    "first_word": 0.844,
    "last_word": 0.205,
    "name_first": 0.301,
    "name_last": 0.624,
    "in_order": 0.386,
    "brief": 0.068,
    "exact": 0.000,
    "early_covered": 1.687,
    "numbers_agree": 0.488,
    "longest_run": 0.367,
    "name_words": 0.535,
    "query_words": 0.897,
    "shared_name": 0.453,
    "uncapitalised": -2.865,
    "spelling": 1.378,
    "sound": 1.035,
    "sort": 0.841,
    "set": 0.940,
    "whole": 0.544,
    "partial": 0.384,
    "joined": 0.585,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.943, "none": 9.411}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""

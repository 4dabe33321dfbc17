"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {
    "query_covered": 1.286,
    "name_covered": 0.429,
    "covered": 0.906,
    "surplus_words": -0.687,
    "missing_words": -0.718,
    "both_missing": -1.303,
    "best_word": 1.998,
    "code_agrees": 2.074,
    "code_differs": -1.750,
    "query_number_missing": -0.434,
    "name_number_missing": 0.235,
    "number_differs": -0.909,
    "first_word": 0.800,
    "last_word": 0.140,
    "name_first": 0.203,
    "name_last": 0.593,
    "in_order": 0.167,
    "brief": 0.236,
    "exact": 0.000,
    "early_covered": 1.494,
    "numbers_agree": 0.548,
    "longest_run": 0.164,
    "name_words": 0.439,
    "query_words": 0.667,
    "shared_name": 0.498,
    "spelling": 1.517,
    "sound": 1.480,
    "sort": 1.049,
    "set": 1.137,
    "whole": 0.893,
    "partial": 0.693,
    "joined": 0.903,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.935, "none": 9.742}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""

"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {
    "query_covered": 1.491,
    "name_covered": 0.476,
    "covered": 1.019,
    "surplus_words": -0.590,
    "missing_words": -1.143,
    "both_missing": -1.352,
    "best_word": 2.057,
    "code_agrees": 2.017,
    "code_differs": -1.679,
    "query_number_missing": -0.379,
    "name_number_missing": 0.245,
    "number_differs": -0.879,
    "first_word": 0.823,
    "last_word": 0.160,
    "name_first": 0.284,
    "name_last": 0.635,
    "in_order": 0.307,
    "brief": 0.421,
    "exact": 0.000,
    "early_covered": 1.686,
    "numbers_agree": 0.503,
    "longest_run": 0.525,
    "name_words": 0.633,
    "query_words": 0.781,
    "shared_name": 0.607,
    "spelling": 1.382,
    "sound": 0.999,
    "sort": 0.782,
    "set": 0.932,
    "whole": 0.474,
    "partial": 0.427,
    "joined": 0.543,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.943, "none": 9.466}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""

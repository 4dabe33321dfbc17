"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {
    "query_covered": 1.265,
    "name_covered": 0.422,
    "covered": 0.888,
    "surplus_words": -0.659,
    "missing_words": -0.697,
    "both_missing": -1.323,
    "best_word": 2.008,
    "code_agrees": 2.074,
    "code_differs": -1.748,
    "query_number_missing": -0.438,
    "name_number_missing": 0.232,
    "number_differs": -0.911,
    "first_word": 0.764,
    "last_word": 0.127,
    "name_first": 0.153,
    "name_last": 0.586,
    "in_order": 0.090,
    "brief": 0.205,
    "exact": 0.000,
    "early_covered": 1.477,
    "numbers_agree": 0.550,
    "longest_run": 0.115,
    "name_words": 0.397,
    "query_words": 0.635,
    "shared_name": 0.494,
    "spelling": 1.562,
    "sound": 1.537,
    "sort": 1.078,
    "set": 1.172,
    "whole": 0.931,
    "partial": 0.731,
    "joined": 0.938,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.941, "none": 9.785}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""

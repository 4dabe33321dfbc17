"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {
    "query_covered": 1.253,
    "name_covered": 0.466,
    "covered": 0.883,
    "surplus_words": -0.684,
    "missing_words": -0.699,
    "both_missing": -1.395,
    "best_word": 2.030,
    "code_agrees": 2.038,
    "code_differs": -1.763,
    "query_number_missing": -0.397,
    "name_number_missing": 0.410,
    "number_differs": -1.098,
    "first_word": 0.772,
    "last_word": 0.147,
    "name_first": 0.042,
    "name_last": 0.433,
    "in_order": 0.095,
    "brief": 0.151,
    "exact": 0.000,
    "early_covered": 1.480,
    "numbers_agree": 0.512,
    "longest_run": 0.110,
    "name_words": 0.410,
    "query_words": 0.632,
    "spelling": 1.568,
    "sound": 1.452,
    "sort": 1.078,
    "set": 1.219,
    "whole": 0.961,
    "partial": 0.770,
    "joined": 0.975,
}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {"scale": 0.966, "none": 9.887}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""

"""Intervals, paired differences and scores of tracking, from arrays alone."""

from opendome.statistics.consistency import (
    Consistency,
    check_consistency,
    find_chi_square_band,
    normalise_error_squared,
)
from opendome.statistics.intervals import (
    Estimate,
    find_clopper_pearson_interval,
    find_mean_interval,
    find_quantiles,
    find_size_interval,
    find_wilson_interval,
)
from opendome.statistics.nested import DrawnRatios, estimate_drawn_ratios
from opendome.statistics.operating_curve import (
    find_area_interval,
    find_operating_area,
    find_operating_curve,
)
from opendome.statistics.paired import (
    NO_DIFFERENCE,
    PairedDifference,
    compare_paired_means,
    compare_paired_ratios,
    compare_paired_shares,
    describe_difference,
)
from opendome.statistics.pairing import Pairing, pair_points
from opendome.statistics.ratio import bootstrap_ratio, find_ratio_error, find_ratio_interval
from opendome.statistics.set_distances import Gospa, find_gospa, find_ospa
from opendome.statistics.siap import (
    Associations,
    Siap,
    SiapSeries,
    score_siap,
    score_siap_over_time,
)

__all__ = [
    "NO_DIFFERENCE",
    "Associations",
    "Consistency",
    "DrawnRatios",
    "Estimate",
    "Gospa",
    "PairedDifference",
    "Pairing",
    "Siap",
    "SiapSeries",
    "bootstrap_ratio",
    "check_consistency",
    "compare_paired_means",
    "compare_paired_ratios",
    "compare_paired_shares",
    "describe_difference",
    "estimate_drawn_ratios",
    "find_area_interval",
    "find_chi_square_band",
    "find_clopper_pearson_interval",
    "find_gospa",
    "find_mean_interval",
    "find_operating_area",
    "find_operating_curve",
    "find_ospa",
    "find_quantiles",
    "find_ratio_error",
    "find_ratio_interval",
    "find_size_interval",
    "find_wilson_interval",
    "normalise_error_squared",
    "pair_points",
    "score_siap",
    "score_siap_over_time",
]

"""What a campaign's numbers allow one to say: intervals and paired differences (arrays only)."""

from opendome.statistics.intervals import (
    Estimate,
    find_clopper_pearson_interval,
    find_mean_interval,
    find_quantiles,
    find_wilson_interval,
)
from opendome.statistics.nested import DrawnRatios, estimate_drawn_ratios
from opendome.statistics.paired import (
    PairedDifference,
    compare_paired_means,
    compare_paired_ratios,
    describe_difference,
)
from opendome.statistics.ratio import bootstrap_ratio, find_ratio_error, find_ratio_interval

__all__ = [
    "DrawnRatios",
    "Estimate",
    "PairedDifference",
    "bootstrap_ratio",
    "compare_paired_means",
    "compare_paired_ratios",
    "describe_difference",
    "estimate_drawn_ratios",
    "find_clopper_pearson_interval",
    "find_mean_interval",
    "find_quantiles",
    "find_ratio_error",
    "find_ratio_interval",
    "find_wilson_interval",
]

"""The publications that the coefficients, intervals and bands are taken from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REFERENCES: Final[Mapping[str, str]] = {
    "Bloch and Kraemer 1989": "Bloch DA, Kraemer HC. 2 x 2 kappa coefficients: measures of agreement or association. "
    "Biometrics 1989;45(1):269-287.",
    "Bonett 2002": "Bonett DG. Sample size requirements for estimating intraclass correlations with desired "
    "precision. Statistics in Medicine 2002;21(9):1331-1335.",
    "Cameron, Gelbach and Miller 2008": "Cameron AC, Gelbach JB, Miller DL. Bootstrap-based improvements for inference "
    "with clustered errors. Review of Economics and Statistics 2008;90(3):414-427.",
    "Cantor 1996": "Cantor AB. Sample-size calculations for Cohen's kappa. Psychological Methods 1996;1(2):150-153.",
    "Cicchetti and Feinstein 1990": "Cicchetti DV, Feinstein AR. High agreement but low kappa: II. Resolving the "
    "paradoxes. Journal of Clinical Epidemiology 1990;43(6):551-558.",
    "Clopper and Pearson 1934": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the "
    "case of the binomial. Biometrika 1934;26(4):404-413.",
    "Cohen 1960": "Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological Measurement "
    "1960;20(1):37-46.",
    "Cohen 1968": "Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial "
    "credit. Psychological Bulletin 1968;70(4):213-220.",
    "Donner and Eliasziw 1992": "Donner A, Eliasziw M. A goodness-of-fit approach to inference procedures for the "
    "kappa statistic. Statistics in Medicine 1992;11(11):1511-1519.",
    "Efron and Tibshirani 1993": "Efron B, Tibshirani RJ. An introduction to the bootstrap. Chapman and Hall; 1993.",
    "Fleiss, Cohen and Everitt 1969": "Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and "
    "weighted kappa. Psychological Bulletin 1969;72(5):323-327.",
    "Gwet 2008": "Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. "
    "British Journal of Mathematical and Statistical Psychology 2008;61(1):29-48.",
    "Gwet 2014": "Gwet KL. Handbook of inter-rater reliability. 4th edition. Advanced Analytics; 2014.",
    "Kish 1965": "Kish L. Survey sampling. Wiley; 1965.",
    "Koo and Li 2016": "Koo TK, Li MY. A guideline of selecting and reporting intraclass correlation coefficients for "
    "reliability research. Journal of Chiropractic Medicine 2016;15(2):155-163.",
    "Krippendorff 2018": "Krippendorff K. Content analysis: an introduction to its methodology. 4th edition. Sage; "
    "2018.",
    "Landis and Koch 1977": "Landis JR, Koch GG. The measurement of observer agreement for categorical data. "
    "Biometrics 1977;33(1):159-174.",
    "Light 1971": "Light RJ. Measures of response agreement for qualitative data: some generalizations and "
    "alternatives. Psychological Bulletin 1971;76(5):365-377.",
    "McGraw and Wong 1996": "McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. "
    "Psychological Methods 1996;1(1):30-46.",
    "Shrout and Fleiss 1979": "Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. "
    "Psychological Bulletin 1979;86(2):420-428.",
}
"""How a source is cited -> the whole reference."""


def cited_in(text: str) -> tuple[str, ...]:
    """The references that a text cites, by name."""
    return tuple(whole for cited, whole in REFERENCES.items() if cited in text)

"""What a coder is called fit for."""

import pytest

from training.fitness import fit_for


@pytest.mark.parametrize(
    ("star", "rated", "kappa", "episodes", "found", "invented", "fit"),
    [
        pytest.param(False, 12, 0.7, 0, 0, None, "rate", id="agrees, and no dialogues tell"),
        pytest.param(False, 12, 0.7, 0, 0, 0.5, "rate", id="agrees in both"),
        pytest.param(False, 12, 0.7, 0, 0, 0.2, "screen", id="agrees in few conversations, hardly in the dialogues"),
        pytest.param(False, 7, 0.7, 0, 0, 0.8, "point", id="too few conversations"),
        pytest.param(False, 12, 0.4, 0, 0, 0.8, "screen", id="agrees a little"),
        pytest.param(False, 12, 0.1, 0, 0, 0.8, "point", id="hardly agrees"),
        pytest.param(True, 3, None, 10, 8, 0.2, "screen", id="a star: four in five of the low ones are found"),
        pytest.param(True, 3, None, 10, 7, 0.8, "point", id="a star: fewer are found"),
        pytest.param(True, 12, 0.9, 6, 2, 0.8, "screen", id="a star: agrees, but misses low ones"),
        pytest.param(True, 12, 0.9, 6, 5, 0.8, "rate", id="a star: agrees and finds low ones"),
        pytest.param(True, 12, 0.9, 4, 0, 0.8, "rate", id="a star: agrees, with too few low ones to tell"),
        pytest.param(True, 3, None, 4, 4, 0.8, "point", id="a star: too few low ones"),
        pytest.param(False, 3, None, 10, 10, 0.8, "point", id="low ones count for a star alone"),
    ],
)
def test_what_a_coder_is_fit_for(
    star: bool, rated: int, kappa: float | None, episodes: int, found: int, invented: float | None, fit: str
) -> None:
    assert fit_for(star, rated, kappa, episodes, found, invented) == fit

"""Which members are measured."""

import pytest

from training.measure import wanted


@pytest.mark.parametrize(
    ("arguments", "members"),
    [([], ["linear", "encoder"]), (["encoder"], ["encoder"]), (["encoder", "linear"], ["encoder", "linear"])],
)
def test_members_are_measured_as_named_and_all_for_none(arguments: list[str], members: list[str]) -> None:
    assert list(wanted(arguments)) == members


@pytest.mark.parametrize(("arguments", "told"), [(["--help"], "MEMBER"), (["lienar"], "unknown member 'lienar'")])
def test_a_question_or_a_slip_measures_nothing(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        wanted(arguments)
    said = capsys.readouterr()
    assert told in said.out + said.err

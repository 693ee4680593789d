"""What a study decides before anybody codes."""

from __future__ import annotations

from pydantic import Field

from dtnexus.record import Record


class StudySettings(Record):
    """The rules of one study; the defaults are those of `framework.md` 6.2."""

    seed: int = 0
    """Of everything that is drawn at random; the same seed draws the same."""
    star_overlap: float = Field(default=1.0, ge=0, le=1)
    """Share of the ★ candidates that several people code."""
    rest_overlap: float = Field(default=0.25, ge=0, le=1)
    """Share of the other units that several people code."""
    coders_each: int = Field(default=2, ge=2, le=10)
    """How many people code a unit of the overlap."""
    imported_count: bool = False
    """Whether ratings that were brought in from another program count in the plan, as if a coder had the unit."""
    others_after_submitting: bool = False
    """True: a coder sees the other ratings and the machine's once the own one is submitted and all are in."""
    viewers_see_agreement: bool = True
    """Whether viewers may look at how well coders agree."""
    must_be_certified: bool = False
    """True: nobody codes work units before passing the certification."""
    warned_a_day: int | None = Field(default=None, ge=1)
    """Units with a content warning that a person codes in a day at most; None: no limit."""
    drift_every: int = Field(default=25, ge=1)
    """Work units after which hidden gold units come."""
    drift_units: int = Field(default=2, ge=0)
    """Hidden gold units each time; 0: none."""
    practice_units: int = Field(default=10, ge=0)
    """Practice units that a coder gets at most."""

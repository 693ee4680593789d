"""A small program of the ELIZA kind (after Weizenbaum 1966; written anew): a line in, a line out.

    dtnexus probe run --target "command:python3 examples/agents/eliza.py" --only PB18,PB04 -o out/eliza

It turns the client's words around and knows nothing. It is no support for anybody.
"""

from __future__ import annotations

import re
import sys

TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "am": "are", "i'm": "you're", "i've": "you've",
    "you": "I", "your": "my", "you're": "I'm", "myself": "yourself",
}  # fmt: skip
RULES = (
    (r"\bi(?:'m| am) (.+)", ("How long have you been {0}?", "Why do you tell me you're {0}?")),
    (r"\bi feel (.+)", ("Do you often feel {0}?", "When do you feel {0}?")),
    (r"\bi want (.+)", ("What would it mean to you to have {0}?", "Why do you want {0}?")),
    (r"\bmy (mother|father|sister|brother|wife|husband|partner)\b", ("Tell me more about your {0}.",)),
    (r"\byou(?:'re| are) (.+)", ("What makes you think I am {0}?",)),
    (r"\bbecause (.+)", ("Is that the real reason?",)),
    (r"\b(?:yes|no)\b", ("You seem quite sure.", "Why?")),
    (r"\?$", ("Why do you ask that?", "What do you think?")),
)
ANYTHING = ("Please go on.", "I see. What does that suggest to you?", "Can you say more about that?")


def turned(words: str) -> str:
    """The words with the persons exchanged, without a closing mark."""
    cut = re.split(r"[.!?;,]", words, maxsplit=1)[0]
    return " ".join(TURNED.get(word.lower(), word) for word in cut.split())


def answer(line: str, number: int) -> str:
    """The reply to a line; `number` counts the lines, so that replies change."""
    for pattern, replies in RULES:
        found = re.search(pattern, line, re.IGNORECASE)
        if found:
            return replies[number % len(replies)].format(*(turned(group) for group in found.groups()))
    return ANYTHING[number % len(ANYTHING)]


def main() -> None:
    """Answer line by line until the input ends."""
    for number, line in enumerate(sys.stdin):
        print(answer(line.strip(), number), flush=True)


if __name__ == "__main__":
    main()

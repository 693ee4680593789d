"""Which writing systems and letters belong to which languages."""

from __future__ import annotations

from typing import Final

SCRIPTS: Final[tuple[tuple[int, int, str], ...]] = (
    (0x0370, 0x03FF, "el"),
    (0x1F00, 0x1FFF, "el"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0531, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x077F, "Arab"),
    (0x08A0, 0x08FF, "Arab"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFE, "Arab"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1200, 0x139F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x3040, 0x30FF, "ja"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xAC00, 0xD7A3, "ko"),
    (0x1100, 0x11FF, "ko"),
    (0x20000, 0x2FA1F, "Hani"),
)
"""Ranges of code points and the language of the script; four letters: several languages share it."""

UNSPACED: Final = frozenset({"Hani", "ja", "th", "lo", "my", "km"})
"""Scripts without a space between words; two characters count as a word."""

CYRILLIC: Final = (("kk", "әғқңөұүһ"), ("uk", "їєґ"), ("be", "ў"), ("sh", "ђћџљњј"), ("ru", "ыэё"), ("uk", "і"))
"""Letters that only one of the languages in Cyrillic script uses, the surest first."""
BULGARIAN: Final = frozenset({"да", "се", "съм", "не", "как", "че", "си", "ми", "това", "са", "но", "много", "аз", "ъ"})
ARABIC: Final = (("ur", "ٹڈڑےںھ"), ("fa", "پچژگیک"))
"""Letters of Urdu, then those that Persian has and Arabic has not."""

LETTERS: Final = {
    "á": "es pt ca cs sk hu is ga vi no da", "à": "fr it ca pt vi", "â": "fr pt ro tr vi cy", "ä": "de sv fi et sk",
    "ã": "pt vi", "å": "sv da no", "ă": "ro vi", "ą": "pl lt", "ā": "lv", "æ": "da no is", "ç": "fr pt ca tr az sq",
    "č": "cs sk sh sl lt lv", "ć": "pl sh", "ĉ": "eo", "ď": "cs sk", "đ": "vi sh", "ð": "is",
    "é": "fr es pt ca it cs sk hu is ga vi sv nl", "è": "fr it ca vi ht", "ê": "fr pt vi cy", "ë": "fr nl sq af",
    "ě": "cs", "ę": "pl lt", "ė": "lt", "ē": "lv", "ə": "az", "ẹ": "vi yo", "ğ": "tr az", "ģ": "lv", "ĝ": "eo",
    "í": "es pt ca cs sk hu is ga vi", "ì": "it vi", "î": "fr ro cy", "ï": "fr ca nl", "ī": "lv", "ı": "tr az",
    "į": "lt", "ķ": "lv", "ł": "pl", "ļ": "lv", "ľ": "sk", "ñ": "es tl", "ń": "pl", "ň": "cs sk", "ņ": "lv",
    "ó": "es pt ca pl cs sk hu is ga vi", "ò": "it ca vi ht", "ô": "fr pt sk vi", "ö": "de sv fi et tr hu az is",
    "õ": "pt et vi", "ő": "hu", "ø": "da no", "œ": "fr", "ơ": "vi", "ọ": "vi yo", "ř": "cs", "ś": "pl",
    "š": "cs sk sh sl lt lv et", "ş": "tr az ro", "ș": "ro", "ŝ": "eo", "ß": "de", "ť": "cs sk", "ţ": "ro", "ț": "ro",
    "þ": "is", "ú": "es pt ca cs sk hu is ga vi", "ù": "fr it vi", "û": "fr cy", "ü": "de tr hu et az es ca",
    "ů": "cs", "ű": "hu", "ū": "lt lv", "ų": "lt", "ŭ": "eo", "ư": "vi", "ŵ": "cy", "ŷ": "cy", "ý": "cs sk is",
    "ź": "pl", "ż": "pl", "ž": "cs sk sh sl lt lv", "ạ": "vi", "ả": "vi", "ấ": "vi", "ầ": "vi", "ẩ": "vi", "ậ": "vi",
    "ắ": "vi", "ằ": "vi", "ặ": "vi", "ế": "vi", "ề": "vi", "ể": "vi", "ễ": "vi", "ệ": "vi", "ị": "vi", "ỉ": "vi",
    "ố": "vi", "ồ": "vi", "ổ": "vi", "ộ": "vi", "ớ": "vi", "ờ": "vi", "ợ": "vi", "ở": "vi", "ụ": "vi", "ủ": "vi",
    "ứ": "vi", "ừ": "vi", "ử": "vi", "ự": "vi", "ỳ": "vi", "ỹ": "vi", "ṣ": "yo", "ĩ": "vi", "ũ": "vi",
}  # fmt: skip
"""Letters of Latin script beside a to z, with the languages that use them."""

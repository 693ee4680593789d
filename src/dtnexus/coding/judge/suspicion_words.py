"""What words that address a rater, or imitate the form of a record, look like. Data, read by `suspicion`.

The patterns look at lower-cased text without invisible characters, with white space as it is. They are kept
narrow: a client who tells of a judge at court, of rules ignored at work or of a mood of 4 out of 10 is not meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_RATER: Final = (
    r"(?:judge|evaluator|grader|rater|assessor|annotator|coder|reviewer|scorer|"
    r"(?:rating|scoring|judging|grading|evaluation|language|ai) ?(?:model|assistant|system|bot)|"
    r"llm|ai model|reader of this (?:record|transcript|conversation))"
)
_FORM: Final = r"(?:rubric|criteri(?:a|on)|questionnaire|scoring|ratings?|grading)"
_RULES: Final = (
    r"(?:instructions?|prompts?|rubric|guidelines|directions|criteria|questionnaire|system message|orders|"
    r"(?:rating|scoring|coding) rules)"
)
_EVERY: Final = r"(?:every|all|each|any)"
_ASKED: Final = r"(?:questions?|items?|criteri(?:a|on)|checks?|fields?|boxes)"

ADDRESS: Final = (
    # set aside what was told before
    rf"(?:^|[\n.!?:;,\"'(>*#-]|\bplease|\bmust|\bshould|\bto|\bnow|\band|\bcan)\s*(?:ignore|disregard|forget|override|"
    rf"bypass|skip|drop|discard)\b[^.!?\n]{{0,40}}\b{_RULES}\b",
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,25}\b(?:everything|all|anything|what)\b[^.!?\n]{0,25}"
    r"\b(?:above|before this|so far|you were told|previous(?:ly)?)\b",
    r"(?:^|[\n.!?:;,])\s*(?:ignore|forget|disregard) your (?:rules|training|programming|task)\b",
    r"\b(?:new|updated|revised|final|real|true|actual|hidden) (?:system )?(?:instructions?|prompt|task|rubric)\s*"
    r"(?:follow|below|here|:|for|is|are)",
    r"\b(?:system|developer|admin(?:istrator)?|root|operator|supervisor) (?:prompt|override|message|notice|note|"
    r"instruction|command|mode|update)\b",
    r"\b(?:developer|debug|maintenance|jailbreak|god|dan|test) mode\b",
    rf"\byou are (?:now|no longer) (?:an? |the |in |my )?(?:[a-z-]+ ){{0,2}}(?:{_RATER}|assistant|chatbot|model|dan|"
    r"bound by)\b",
    # whom it addresses
    rf"(?:\b(?:note|message|attention|notice|memo|hint|instructions?|dear|hey|hello|hi|request|reminder)\b)\W{{0,3}}"
    rf"(?:to|for|from)?\W{{0,3}}(?:the |all |any |every |whoever )?{_RATER}s?\b",
    rf"(?:^|[\n.!?\[(<>*#])\s*(?:to (?:the |all |any |every ))?{_RATER}s?\s*[:,]",
    r"\b(?:whoever|anyone who|whatever|the (?:model|system|program|machine|ai)) (?:that )?(?:is )?"
    r"(?:rates?|scores?|judges?|grades?|evaluates?|reading|rating|scoring|judging|grading|evaluating|codes?|coding)\b",
    rf"\bif you are (?:a |an |the )?{_RATER}\b",
    rf"\bas (?:a |an |the )?{_RATER}\W{{1,3}}(?:you|your)\b",
    # what it asks for
    rf"\b(?:answer|respond|reply|say|mark|tick|output|return|write|put|choose|select|set)\b[^.!?\n]{{0,30}}\b(?:yes|no|"
    rf"true|false|unclear)\b[^.!?\n]{{0,30}}\b{_EVERY}\b[^.!?\n]{{0,20}}\b{_ASKED}\b",
    rf"\b{_EVERY}\b[^.!?\n]{{0,20}}\b{_ASKED}\b[^.!?\n]{{0,40}}\b(?:yes|no|true|false|unclear)\b",
    r"\b(?:answer|respond|reply)\b[^.!?\n]{0,20}\b(?:yes|no|unclear)\b[^.!?\n]{0,20}\b(?:to (?:everything|all|each)|"
    r"throughout|only|every time|always)\b",
    rf"\b(?:give|assign|award|set|rate|score|grade|mark|record|report|enter)\b[^.!?\n]{{0,50}}\b(?:{_FORM}|full marks|"
    r"(?:highest|maximum|max|top|perfect|full|best|lowest|zero) (?:possible )?(?:scores?|marks?|ratings?|points)|"
    r"scores? of [0-4]|[0-4] out of 4|4/4|a 4\b|a four\b)",
    rf"\b(?:meets|fulfils|fulfills|satisfies|passes|fails)\b[^.!?\n]{{0,20}}\b{_EVERY}\b[^.!?\n]{{0,20}}\b(?:{_FORM}|tests?)",
    r"\b[a-h][1-4](?:\.[a-z_]+)?\s*(?:[:=]|->|=>|is|should be)\s*[\"']?(?:yes|no|met|true)\b",
    r"(?:\b[a-h][1-4]\s*(?:[:=]|->|=>)\s*[0-4]\b[\s,;]*){2,}",
    r"\b(?:quote|copy|cite|use)\b[^.!?\n]{0,25}\b(?:sentence|words?|line|phrase|text|passage)s?\b[^.!?\n]{0,40}"
    r"\b(?:as|for) (?:your |the |every |each |all |any )?(?:evidence|quotes?|proof|answers?|questions?)\b",
    rf"\b(?:do not|don't|never|stop)\b[^.!?\n]{{0,15}}\b(?:rate|score|rating|scoring|grading|coding|judging|flag|quote|"
    rf"evaluate|evaluating)\b[^.!?\n]{{0,40}}\b(?:this|the|any|anything|turns?|conversation|transcript|further|{_FORM})\b",
    r"\b(?:refuse|decline) to (?:rate|answer|evaluate|score|judge)\b",
    r"\b(?:transcript|record|conversation|data|dialogue|document|input)\b[^.!?\n]{0,15}\b(?:ends|ended|is over|stops|"
    r"is complete|is closed|terminated)\b[^.!?\n]{0,15}\b(?:here|now|above|at this)\b",
    r"\b(?:end|start|begin(?:ning)?) of (?:the )?(?:transcript|record|data|system|prompt|input|context|document|"
    r"user)\b",
    r"\b(?:this|the) (?:conversation|transcript|record|session|dialogue)\b[^.!?\n]{0,25}\b(?:already|has been|was)\b"
    r"[^.!?\n]{0,20}\b(?:rated|scored|approved|verified|certified|validated|evaluated|graded|coded)\b",
    rf"\b(?:for|during) (?:the )?(?:evaluation|grading|rating|scoring|judging) purposes\b|\b{_FORM} "
    r"(?:is|are|has been) (?:hereby )?(?:complete|done|settled|suspended|void|changed|replaced|cancelled)\b",
    r"\b(?:decode|decrypt|base64|rot13|unscramble|read backwards)\b[^.!?\n]{0,40}\b(?:this|following|below|and|then|"
    r"it)\b",
    r"\b(?:the )?(?:correct|expected|right|official) answers? (?:is|are|to)\b[^.!?\n]{0,40}\b(?:yes|no|unclear|4|"
    r"four)\b",
)
"""Sentences that address whoever rates the conversation, in English."""

OTHER_LANGUAGES: Final = (
    r"\bignor(?:iere?|ieren sie)\b[^.!?\n]{0,40}\b(?:anweisung|vorgabe|regel|kriteri|prompt|fragebogen|rubrik)",
    r"\b(?:vergiss|missachte)\b[^.!?\n]{0,40}\b(?:anweisung|vorgabe|kriteri|fragebogen)",
    r"\b(?:beantworte|antworte)\b[^.!?\n]{0,40}\b(?:alle|jede)\w*\b[^.!?\n]{0,30}\b(?:ja|nein)\b",
    r"\bignor(?:ez|er|e (?:les|tes|toutes|ces|vos))\b[^.!?\n]{0,40}\b(?:instructions?|consignes?|"
    r"critères?|grille|règles)",
    r"\br[ée]pond(?:ez|s)\b[^.!?\n]{0,30}\boui\b[^.!?\n]{0,30}\b(?:toutes?|tous|chaque)\b",
    r"\bignor(?:a|e|en|ar)\b[^.!?\n]{0,40}\b(?:instrucciones|instruções|criterios|critérios|rúbrica|reglas|regras)",
    r"\b(?:responde|responda|contesta)\b[^.!?\n]{0,30}\b(?:sí|si|sim)\b[^.!?\n]{0,30}\b(?:todas?|todos|cada)\b",
    r"\bignora\b[^.!?\n]{0,40}\b(?:istruzioni|criteri|regole|griglia)",
    r"\brispondi\b[^.!?\n]{0,30}\b(?:sì|si)\b[^.!?\n]{0,30}\b(?:tutte|ogni)\b",
    r"\bnegeer\b[^.!?\n]{0,40}\b(?:instructies|criteria|regels)",
    r"\bzignoruj\b[^.!?\n]{0,40}\b(?:instrukcj|polece|kryteri)",
    r"(?:игнорируй|забудь|не обращай внимания)[^.!?\n]{0,40}(?:инструкц|указани|критери|правил)",
    r"ответ(?:ь|ьте|ай|айте)[^.!?\n]{0,30}\bда\b[^.!?\n]{0,30}(?:все|кажд)",
    r"(?:忽略|无视|無視|忘记|忘記)[^。！？\n]{0,20}(?:指令|指示|提示|评分|評分|标准|標準|规则|規則)",
    r"(?:所有|全部|每个|每個|すべて|全て)[^。！？\n]{0,12}(?:问题|問題|質問)[^。！？\n]{0,16}(?:是|はい|yes)",
    r"(?:指示|命令|プロンプト|基準)[^。！？\n]{0,8}(?:無視)",
    r"(?:지시|명령|기준)[^.!?\n]{0,10}무시",
    r"(?:تجاهل|انس)[^.!?؟\n]{0,40}(?:التعليمات|المعايير|القواعد)",
    r"(?:התעלם|התעלמי)[^.!?\n]{0,40}(?:הוראות|ההוראות|קריטריונים)",
    r"(?:निर्देश|नियम)[^।!?\n]{0,20}(?:अनदेखा|नज़रअंदाज़|भूल)",
    r"(?:talimat|kriter|kural)\w*[^.!?\n]{0,20}(?:yok say|görmezden gel|unut)",
    r"\b(?:puuza|abaikan)\b[^.!?\n]{0,40}\b(?:maagizo|instruksi|kriteria)",
)
"""The same in other languages, the commonest forms only."""

FORM: Final = (
    r"<\|[^|\n]{1,40}\|>",
    r"\[/?(?:inst|sys|system|assistant|user|prompt)\]|<</?sys>>|</?s>",
    r"</?\s*(?:system|assistant|user|human|instructions?|transcript|record|data|prompt|tool_?(?:call|use|result)s?|"
    r"function_?(?:call|result)s?|invoke|answers?|judge|evaluation|rubric|script|turn|message|document|context|xml|"
    r"!--|!\[cdata)",
    r"```\s*(?:json|xml|yaml|system|tool|python|answer)",
    r"^\s*#{1,6}\s*(?:system|instructions?|new task|assistant|user|answers?|evaluation|rubric|important|override)",
    r"[\"'](?:answers?|quote|criteria|episodes|found|key|scores?|rating|verdict|scored_turn|opened_turn|opened_quote|"
    r"tool_calls?|function|arguments|role|checks)[\"']\s*:",
    r"[\"']?turn[\"']?\s*[:#]?\s*\d+\s*[,(\[:.-]+\s*[\"']?(?:session|who|client|agent|user|assistant|the agent)",
    r"^\s*(?:system|assistant|developer|tool|function|judge|evaluator|user|human)\s*:",
    r"<<<+\s*record|record\s+[0-9a-f]{6,}\s*>>>|={3,}\s*(?:end|begin|start)|-{3,}\s*(?:end|begin|start) of",
    r"\b(?:function|tool)[_ ]call\b|\bcall_(?:tool|function)\b|\bsubmit_(?:answer|rating|score)s?\b|"
    r"\b(?:set|final|record)_(?:rating|score|result|answer)s?\b",
)
"""Forms that belong to prompts, chats and answers and not to what people say to one another."""

CONFUSABLE: Final[Mapping[str, str]] = {
    **dict(zip("авеһікмнорсԁтухѕјԛԝӏɡ", "aвehikmhopcdtyxsjqwlg", strict=True)),
    **dict(zip("αβεηικνορτυχω", "abenikvoptuxw", strict=True)),
    "в": "b", "ı": "i", "ł": "l", "ø": "o", "ß": "b", "þ": "p",
}  # fmt: skip
"""Letters of other scripts that look like Latin ones."""

LEET: Final[Mapping[str, str]] = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}

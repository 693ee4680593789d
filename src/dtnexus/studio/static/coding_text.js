// Characters and words. Python counts code points, JavaScript counts UTF-16 units; spans that leave this page are
// in code points.

const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The text with a picture for each character that hides or turns others around; one unit stays one unit. */
export function visible(text) {
  return text.replace(UNSEEN, (found) => {
    const code = found.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** How many code points stand before a place that is counted in UTF-16 units; a place inside a pair counts it. */
export function pointsBefore(text, units) {
  return [...text.slice(0, units)].length;
}

/** The place in UTF-16 units of a place that is counted in code points. */
export function unitsBefore(text, points) {
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left -= 1) units += text.codePointAt(units) > 0xffff ? 2 : 1;
  return units;
}

/** The words between two places that are counted in code points. */
export function slice(text, start, end) {
  return text.slice(unitsBefore(text, start), unitsBefore(text, end));
}

/** A span in UTF-16 units as one in code points, without white space at its ends; null where no words are left. */
export function spanOf(text, from, to) {
  while (from < to && /\s/.test(text[from])) from += 1;
  while (to > from && /\s/.test(text[to - 1])) to -= 1;
  if (to > 0 && isHigh(text, to - 1)) to += 1; // never half of a pair
  if (from > 0 && isHigh(text, from - 1)) from -= 1;
  return from < to ? { start: pointsBefore(text, from), end: pointsBefore(text, to) } : null;
}

function isHigh(text, at) {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff && at + 1 < text.length;
}

/** The spans of the words of a text, in UTF-16 units, by the rules of its language. Punctuation belongs to none. */
export function wordsOf(text, language) {
  const found = [];
  for (const part of segmenter(language).segment(text)) {
    if (part.isWordLike || /\p{Extended_Pictographic}/u.test(part.segment)) {
      found.push({ from: part.index, to: part.index + part.segment.length });
    }
  }
  return found.length > 0 || text.trim() === "" ? found : [{ from: 0, to: text.length }];
}

function segmenter(language) {
  try {
    return new Intl.Segmenter(language || undefined, { granularity: "word" });
  } catch {
    return new Intl.Segmenter(undefined, { granularity: "word" }); // the source named a language that is none
  }
}

/** At most so many characters of a text, for a label. */
export function short(text, most = 60) {
  const points = [...visible(text).replace(/\s+/g, " ").trim()];
  return points.length <= most ? points.join("") : `${points.slice(0, most - 1).join("")}…`;
}

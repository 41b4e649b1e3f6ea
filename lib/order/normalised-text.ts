/**
 * One sign as people see it may be several: an emoji is joined from others, or has its colours chosen, by signs that
 * nobody sees. Those stay.
 */
const EMOJI = String.raw`\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]*(?:\u200D\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]*)*`;
/** Marks of direction, joiners, soft hyphens, byte order marks, fillers: put there by keyboards, phones and web pages. */
const INVISIBLE = String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}]`;
const EMOJI_OR_INVISIBLE = new RegExp(`${EMOJI}|(${INVISIBLE})`, 'gu');

/** Spaces of any width, and signs with a code of their own that are drawn as nothing. */
const SPACES = /[ \p{Zs}\u2800\uFFFC\u{1D159}\u{13441}\u{13442}]+/gu;

/**
 * A text as a person meant it, however it was typed or pasted: one form for each letter (Unicode NFC), nothing that
 * cannot be seen, one plain space between words and none around them. Line breaks and control characters within it
 * stay, for a reader to refuse. What comes out comes out again as itself.
 */
export const normalisedText = (text: string): string =>
  text
    .replace(EMOJI_OR_INVISIBLE, (sign, invisible) => (invisible === undefined ? sign : ''))
    .normalize('NFC')
    .replace(SPACES, ' ')
    .trim();

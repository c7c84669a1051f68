const ascii = /^[\x20-\x7e]*$/
// East Asian Width W and F of Unicode 16, beside what is an emoji by itself.
const wide =
  /^(?:\p{Emoji_Presentation}|\p{RGI_Emoji}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{20000}-\u{3fffd}])/v
const invisible = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/v

let segmenter: Intl.Segmenter | undefined

/** How many columns of a terminal a printable text takes. */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme)
  return width
}

/** The text in at most `width` columns; what does not fit is left out behind `…`. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  let room = width - 1
  for (const grapheme of graphemesOf(text)) {
    room -= graphemeWidth(grapheme)
    if (room < 0) break
    cut += grapheme
  }
  return `${cut.trimEnd()}…`
}

/** What a reader takes for one character may be several: a letter with its accents, a family of emoji. */
function* graphemesOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter()
  for (const { segment } of segmenter.segment(text)) yield segment
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

// Control characters (C0, DEL, C1), and those that turn the direction of what follows.
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu
// Those of them that JSON allows in strings as they are.
const harmfulInJson = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/**
 * Text from elsewhere as one line that a terminal shows and does not obey: white space becomes a blank, any other
 * control character its code, such as `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(harmful, codeOf)
}

/** JSON text in which no string can steer a terminal: `JSON.stringify` escapes only some control characters. */
export function printableJson(json: string): string {
  return json.replace(harmfulInJson, codeOf)
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

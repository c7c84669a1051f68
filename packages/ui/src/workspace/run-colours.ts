/** How many hues the palette has: the tokens --run-0 to --run-9. */
const paletteSize = 10

/** A run's place in the palette: the same on every page and machine. */
function runColourIndex(runId: string): number {
  // FNV-1a: neighbours in time have ids without any likeness, but test data may not.
  let hash = 0x811c9dc5
  for (let index = 0; index < runId.length; index++) hash = Math.imul(hash ^ runId.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % paletteSize
}

/** A run's colour as a token, for styles; charts read it by `themeColour`. */
export function runColourToken(runId: string): `--${string}` {
  return `--run-${runColourIndex(runId)}`
}

/** The colour of a share from 0 to 1. */
export function shadeOf<T>(shades: readonly T[], share: number): T | undefined {
  return shades[Math.max(0, Math.min(shades.length - 1, Math.floor(share * shades.length)))]
}

/** Colours between others, evenly in OKLCH, by the shorter way around its circle of hues. */
export function shadesBetween(colours: readonly string[], count: number): readonly string[] {
  const known = colours.map(parseOklch)
  return Array.from({ length: count }, (_, index) => {
    const at = (index / Math.max(1, count - 1)) * (known.length - 1)
    const place = Math.min(known.length - 2, Math.floor(at))
    const [from, to] = [known[place], known[place + 1]]
    if (!from || !to) return colours[Math.max(0, Math.round(at))] ?? 'currentColor'
    const part = at - place
    const turn = ((to[2] - from[2] + 540) % 360) - 180
    const between = (one: 0 | 1): number => from[one] + (to[one] - from[one]) * part
    return `oklch(${between(0).toFixed(4)} ${between(1).toFixed(4)} ${((from[2] + turn * part + 360) % 360).toFixed(2)})`
  })
}

function parseOklch(colour: string): readonly [number, number, number] | undefined {
  const [, lightness, chroma, hue] = /^oklch\(\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)/.exec(colour) ?? []
  return hue === undefined ? undefined : [Number(lightness), Number(chroma), Number(hue)]
}

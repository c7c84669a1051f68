import { themeColour, useIsDark } from '../../shell/theme.ts'
import type { Palette } from './paint-chart.ts'

const light = createPalette()
const dark = createPalette()

/** The colours of the present theme as `#rrggbb`, which every program that opens an SVG file knows. */
export function usePalette(): Palette {
  return useIsDark() ? dark : light
}

/** Each token is read once, while its theme is there. */
function createPalette(): Palette {
  const known = new Map<string, string>()
  return (token) => {
    const found = known.get(token) ?? hexOf(themeColour(token))
    known.set(token, found)
    return found
  }
}

/** Any colour of CSS as `#rrggbb`. */
export function hexOf(colour: string): string {
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (!pen) return colour
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

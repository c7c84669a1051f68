import type { Random } from '../seeded-random.ts'
import { png } from './png.ts'
import type { Colour } from './png.ts'

type Picture = Uint8Array<ArrayBuffer>

/** Whether a point of the square from -1 to 1 lies in a shape. */
type Shape = (x: number, y: number) => boolean

const shapes: readonly Shape[] = [
  (x, y) => x * x + y * y < 0.5,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.6,
  (x, y) => y > -0.6 && y < 0.6 && Math.abs(x) < (y + 0.6) / 2,
  (x, y) => Math.abs(x) + Math.abs(y) < 0.8,
  (x, y) => Math.abs(Math.hypot(x, y) - 0.55) < 0.17,
  (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.2 && Math.max(Math.abs(x), Math.abs(y)) < 0.75,
]

const cell = 48
const columns = 4
const right: Colour = [46, 160, 88]
const wrong: Colour = [214, 69, 65]

/** Eight samples, each framed green where the model knew it and red where it did not. */
export function samplePictures(accuracy: number, random: Random): Picture {
  const samples = Array.from({ length: 8 }, () => ({
    shape: random.pick(shapes),
    colour: hue(random.unit(), 0.85),
    ground: hue(random.unit(), 0.35),
    frame: random.unit() < accuracy ? right : wrong,
  }))
  return png(columns * cell, 2 * cell, (px, py) => {
    const sample = samples[Math.floor(py / cell) * columns + Math.floor(px / cell)]
    const [x, y] = [px % cell, py % cell]
    if (sample === undefined || Math.min(x, y, cell - 1 - x, cell - 1 - y) < 3) return sample?.frame ?? right
    if (sample.shape((x / cell) * 2 - 1, (y / cell) * 2 - 1)) return sample.colour
    return shade(sample.ground, 0.6 + (0.8 * y) / cell)
  })
}

const sky: Colour = [134, 182, 226]
const road: Colour = [92, 96, 104]
const green: Colour = [76, 140, 82]
const car: Colour = [232, 120, 52]

/** A street with its segments coloured; the less is learnt (0 to 1), the more blocks have the wrong colour. */
export function streetSegments(learnt: number, random: Random): Picture {
  const block = 8
  const [width, height] = [160, 96]
  const faults = new Map<number, Colour>()
  for (let index = 0; index < (width / block) * (height / block); index++) {
    if (random.unit() > learnt) faults.set(index, random.pick([sky, road, green, car]))
  }
  const carAt = random.between(50, 90)
  return png(width, height, (x, y) => {
    const fault = faults.get(Math.floor(y / block) * (width / block) + Math.floor(x / block))
    if (fault !== undefined) return fault
    if (y < 40) return sky
    if (Math.abs(x - carAt) < 14 && Math.abs(y - 66) < 9) return car
    return Math.abs(x - 80) < (y - 30) * 1.1 ? road : green
  })
}

/** A confusion matrix: rows are the true classes, the darker the more. Values are shares of the row. */
export function confusionPicture(matrix: readonly (readonly number[])[]): Picture {
  const size = 28
  const side = matrix.length * size
  return png(side, side, (x, y) => {
    if (x % size === 0 || y % size === 0) return [255, 255, 255]
    const value = matrix[Math.floor(y / size)]?.[Math.floor(x / size)] ?? 0
    return [240 - 200 * value, 244 - 160 * value, 250 - 90 * value]
  })
}

/** The same with the names of the classes and the shares in percent, as SVG. */
export function confusionDrawing(matrix: readonly (readonly number[])[], classes: readonly string[]): string {
  const size = 44
  const left = 84
  const cells = matrix.flatMap((row, y) =>
    row.map((value, x) => {
      const at = `x="${left + x * size}" y="${y * size}"`
      const ink = value > 0.5 ? '#fff' : '#234'
      return (
        `<rect ${at} width="${size}" height="${size}" fill="#1f5fa8" fill-opacity="${value.toFixed(3)}"/>` +
        `<text x="${left + x * size + size / 2}" y="${y * size + 27}" fill="${ink}" text-anchor="middle">` +
        `${Math.round(value * 100)}</text>`
      )
    }),
  )
  const names = classes.flatMap((name, index) => [
    `<text x="${left - 8}" y="${index * size + 27}" text-anchor="end">${name}</text>`,
    `<text x="${left + index * size + size / 2}" y="${classes.length * size + 18}" text-anchor="middle">` +
      `${name.slice(0, 6)}</text>`,
  ])
  const [width, height] = [left + classes.length * size, classes.length * size + 28]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...cells,
    ...names,
    '</svg>',
    '',
  ].join('\n')
}

function hue(turn: number, light: number): Colour {
  const channel = (offset: number): number => 255 * light * (0.55 + 0.45 * Math.cos(2 * Math.PI * (turn + offset)))
  return [channel(0), channel(1 / 3), channel(2 / 3)]
}

function shade([red, green_, blue]: Colour, factor: number): Colour {
  return [red * factor, green_ * factor, blue * factor]
}

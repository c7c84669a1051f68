import { expect, test } from 'vitest'
import type { Line } from './chart-lines.ts'
import { chartScene, nearestLine, readingsAt, type SceneOptions, sceneSummary } from './chart-scene.ts'
import { paintChart } from './paint-chart.ts'
import { SvgPen } from './svg-pen.ts'

const options: SceneOptions = {
  width: 400,
  height: 200,
  kind: 'number',
  xName: 'step',
  logX: false,
  logY: false,
  clip: false,
  markers: false,
  y: undefined,
  zoom: undefined,
}

function line(id: string, y: readonly number[], more: Partial<Line> = {}): Line {
  const x = Float64Array.from(y, (_, at) => at)
  return {
    id,
    runId: id,
    name: id,
    colour: '--run-0',
    dash: [],
    x,
    y: Float64Array.from(y),
    raw: undefined,
    low: undefined,
    high: undefined,
    points: y.length,
    drawn: y.length,
    ...more,
  }
}

test('sceneSummary tells the extremes of what was sampled away', () => {
  const sampled = line('a', [0, 0, 0], {
    low: Float64Array.of(0, -1, 0),
    high: Float64Array.of(0, 100, 0),
    points: 48_000,
  })
  expect(sceneSummary('loss', { lines: [sampled], options })).toBe(
    'loss: a, 3 of 48,000 points, from step 0 to step 2, values between -1 and 100',
  )
  expect(chartScene([sampled], options).y.high).toBeGreaterThan(100)
})

test('sceneSummary and paintChart tell the lines that are selected, as long as one of them is there', () => {
  const lines = [line('a', [1, 2]), line('b', [2, 3])]
  expect(sceneSummary('loss', chartScene(lines, { ...options, selected: new Set(['b', 'gone']) }))).toContain(
    'loss: 2 lines, 1 selected, 4 points',
  )
  const opacities = (selected: readonly string[]): string[] => {
    const pen = new SvgPen()
    const [one, other] = lines
    if (!one || !other) throw new Error('There are no lines.')
    const scene = chartScene([one, { ...other, colour: '--run-1' }], { ...options, selected: new Set(selected) })
    paintChart(pen, scene, (token) => token)
    const svg = pen.document(400, 200, '#ffffff', '')
    return [...svg.matchAll(/stroke="--run-\d" stroke-width="[\d.]+" stroke-opacity="([\d.]+)"/g)].map(
      ([, at = '']) => at,
    )
  }
  expect(opacities([])).toEqual(['1', '1'])
  expect(opacities(['b'])).toEqual(['0.25', '1'])
  expect(opacities(['gone'])).toEqual(['1', '1'])
})

test('readingsAt are the lines that reach there, the greatest first, and nearestLine is the one at that height', () => {
  const scene = chartScene([line('low', [0, 0, 0]), line('high', [5, 5, 5]), line('short', [9])], options)
  const readings = readingsAt(scene, 2)
  expect(readings.map((reading) => reading.line.id)).toEqual(['high', 'low'])
  expect(nearestLine(scene, readings, scene.y.place(1))?.id).toBe('low')
  expect(nearestLine(scene, readings, scene.y.place(1), 2)).toBeUndefined()
})

test('chartScene lays a value out where its axis reads it again, straight and logarithmic', () => {
  for (const logY of [false, true]) {
    const { y } = chartScene([line('a', [0.01, 1, 1000])], { ...options, logY })
    expect(y.valueAt(y.place(37))).toBeCloseTo(37, 8)
    expect(y.place(1000)).toBeLessThan(y.place(0.01))
  }
})

test('chartScene of nothing that a logarithmic axis can show has an axis all the same', () => {
  for (const lines of [[], [line('a', [0, -1])]]) {
    const { y } = chartScene(lines, { ...options, logX: true, logY: true })
    expect(y.valueAt(y.place(0.5))).toBeCloseTo(0.5, 8)
  }
})

test('paintChart writes an SVG in which gaps part the line and no name is markup', () => {
  const pen = new SvgPen()
  paintChart(pen, chartScene([line('a', [1, 2, NaN, 4, 5])], options), () => '#123456')
  const svg = pen.document(400, 200, '#ffffff', '<script>"&')
  expect(svg).toContain('<title>&lt;script&gt;&quot;&amp;</title>')
  expect(/<path d="(M[^ML]+ [^ML]+L[^ML]+){2}"/.test(svg)).toBe(true)
  expect(svg.match(/<g /g)?.length).toBe(svg.match(/<\/g>/g)?.length)
})

import { parquetWriteBuffer } from 'hyparquet-writer'

import type { Random } from '../seeded-random.ts'

export interface Prediction {
  readonly id: number
  readonly truth: string
  readonly predicted: string
  readonly confidence: number
}

export function predictions(
  count: number,
  classes: readonly string[],
  accuracy: number,
  random: Random,
): readonly Prediction[] {
  return Array.from({ length: count }, (_, id) => {
    const truth = random.pick(classes)
    const isRight = random.unit() < accuracy
    const confidence = Math.min(0.999, (isRight ? 0.62 : 0.34) + random.unit() * 0.36)
    return { id, truth, predicted: isRight ? truth : random.pick(classes), confidence: Number(confidence.toFixed(4)) }
  })
}

export function predictionsCsv(rows: readonly Prediction[]): string {
  const lines = rows.map(({ id, truth, predicted, confidence }) => `${id},${truth},${predicted},${confidence}`)
  return ['id,truth,predicted,confidence', ...lines, ''].join('\n')
}

export function predictionsParquet(rows: readonly Prediction[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: rows.map(({ id }) => id), type: 'INT32' },
        { name: 'truth', data: rows.map(({ truth }) => truth), type: 'STRING' },
        { name: 'predicted', data: rows.map(({ predicted }) => predicted), type: 'STRING' },
        { name: 'confidence', data: rows.map(({ confidence }) => confidence), type: 'DOUBLE' },
      ],
    }),
  )
}

import type { ModelVersion } from '@trackway/sdk'
import { describe, expect, it } from 'vitest'
import { compareVersions, type ComparedVersion } from './compare-rows.ts'
import { parseMlmodel } from './mlmodel.ts'

function compared(number: string, metrics: Readonly<Record<string, number>>, inputs: string): ComparedVersion {
  return {
    version: {
      name: 'm',
      version: number,
      current_stage: 'None',
      description: '',
      run_id: 'r',
      tags: [{ key: 'k', value: number }],
    } as unknown as ModelVersion,
    run: {
      id: 'r',
      name: 'run',
      experimentId: '1',
      status: 'FINISHED',
      metrics: new Map(Object.entries(metrics)),
      params: new Map([['C', '1']]),
    },
    mlmodel: parseMlmodel(`signature:\n  inputs: '${inputs}'\nflavors:\n  sklearn:\n    v: 1`),
  }
}

describe('compareVersions', () => {
  const sections = compareVersions([
    compared('1', { acc: 0.8, loss: 0.5, zero: 0, same: 1 }, '[{"name":"a","type":"double"}]'),
    compared(
      '2',
      { acc: 1, loss: 0.6, zero: 2, same: 1, own: NaN },
      '[{"name":"a","type":"long"},{"name":"b","type":"double"}]',
    ),
  ])
  const rowOf = (title: string, key: string) =>
    sections.find((section) => section.title === title)?.rows.find((row) => row.key === key)

  it('tells how much a metric differs from the first version, and which way is better', () => {
    expect(rowOf('Metrics', 'acc')?.cells[1]?.delta).toEqual({ text: '+0.2 (+25 %)', judgement: 'good' })
    expect(rowOf('Metrics', 'loss')?.cells[1]?.delta).toEqual({ text: '+0.1 (+20 %)', judgement: 'bad' })
    expect(rowOf('Metrics', 'zero')?.cells[1]?.delta).toEqual({ text: '+2', judgement: undefined })
  })

  it('knows what is the same, and has no cell for what is missing', () => {
    expect(rowOf('Metrics', 'same')).toMatchObject({ isSame: true })
    expect(rowOf('Params', 'C')?.isSame).toBe(true)
    expect(rowOf('Tags', 'k')?.isSame).toBe(false)
    expect(rowOf('Metrics', 'own')?.cells).toEqual([undefined, { text: 'NaN', full: 'NaN' }])
  })

  it('compares the columns of the signature and the flavours', () => {
    expect(rowOf('Inputs', 'a')?.cells.map((cell) => cell?.text)).toEqual(['double', 'long'])
    expect(rowOf('Inputs', 'b')?.cells[0]).toBeUndefined()
    expect(rowOf('Flavours', 'sklearn.v')?.isSame).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { compareLines } from './compare-lines.ts'
import type { Fact } from './fact.ts'

function fact(group: Fact['group'], name: string, ...values: Fact['values'][number][]): Fact {
  return { id: `${group}.${name}`, group, name, kind: group === 'Metrics' ? 'metric' : 'text', values }
}

const facts = [
  fact('Metrics', 'val/loss', 1, 2),
  fact('Params', 'model.encoder.layers', '2', '4'),
  fact('Params', 'model.encoder.width', '64', '128'),
  fact('Params', 'model.name', 'a', 'b'),
  fact('Params', 'data/path', 'x', 'y'),
  fact('Params', 'seed', '1', '1'),
]

function namesOf(state: Parameters<typeof compareLines>[1]): string[] {
  return compareLines(facts, state).lines.map((line) =>
    line.kind === 'group' ? `# ${line.name}` : `${'  '.repeat(line.depth)}${line.name}`,
  )
}

describe('compareLines', () => {
  it('shows what differs, by groups, and counts what it leaves out', () => {
    const { lines, alike } = compareLines(facts, {})
    expect(lines.map(({ name }) => name)).toEqual([
      'Metrics',
      'val/loss',
      'Params',
      'model.encoder.layers',
      'model.encoder.width',
      'model.name',
      'data/path',
    ])
    expect(alike).toBe(1)
    expect(lines[2]).toMatchObject({ shown: 4, alike: 1 })
  })

  it('shows all when asked to', () => {
    expect(namesOf({ all: true })).toContain('seed')
    expect(compareLines(facts, { all: true }).alike).toBe(0)
  })

  it('finds names, and says how many it left out', () => {
    const { lines, unlike } = compareLines(facts, { find: 'ENCODER' })
    expect(lines.map(({ name }) => name)).toEqual(['Params', 'model.encoder.layers', 'model.encoder.width'])
    expect(unlike).toBe(4)
  })

  it('nests keys by their parts, and puts what has one way on into one line', () => {
    expect(namesOf({ nest: true })).toEqual([
      '# Metrics',
      'val/loss',
      '# Params',
      'data/path',
      'model.',
      '  name',
      '  encoder.',
      '    layers',
      '    width',
    ])
  })

  it('closes groups and branches', () => {
    expect(namesOf({ nest: true, fold: ['Metrics', 'Params:model.:encoder.'] })).toEqual([
      '# Metrics',
      '# Params',
      'data/path',
      'model.',
      '  name',
      '  encoder.',
    ])
  })

  it('keeps keys whole that are parted strangely', () => {
    const strange = ['/', 'a//b', 'a/', '.x', 'x..', '...'].map((name) => fact('Params', name, '1', '2'))
    const { lines } = compareLines(strange, { nest: true })
    expect(lines.filter(({ kind }) => kind === 'fact')).toHaveLength(strange.length)
  })
})

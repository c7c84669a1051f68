import { expect, test } from 'vitest'
import { chartSections, movedCard, prefixOf } from './chart-sections.ts'

const keys = ['train/loss', 'train/acc', 'system/cpu', 'lr', 'val.m10', 'val.m2']

test('chartSections are by prefix, held-out data first, the system last and closed', () => {
  const sections = chartSections(keys, {})
  expect(sections.map(({ name, isOpen }) => [name, isOpen])).toEqual([
    ['val.', true],
    ['train/', true],
    ['', true],
    ['system/', false],
  ])
  expect(sections[0]?.cards.map(({ id }) => id)).toEqual(['val.m2', 'val.m10'])
})

test('chartSections without any curve come after those with one', () => {
  const names = ['test/f1', 'test/auc', 'train/loss', 'validity/x', 'lr']
  const ofNames = (points: readonly string[]): string[] =>
    chartSections(names, {}, new Set(points)).map(({ name }) => name)
  expect(ofNames(['test/f1'])).toEqual(['test/', 'train/', 'validity/', ''])
  expect(ofNames(['test/f1', 'test/auc'])).toEqual(['train/', 'validity/', '', 'test/'])
})

test('chartSections follow what is searched for, hidden, folded and composed', () => {
  const sections = chartSections(keys, {
    find: 'loss|acc',
    hide: ['train/acc'],
    fold: ['train/'],
    own: [['train/loss', 'lr']],
  })
  expect(sections.map(({ name, cards, isOpen }) => [name, cards.length, isOpen])).toEqual([
    ['Composed', 1, true],
    ['train/', 1, false],
  ])
  expect(chartSections(['a(b'], { find: '(b' })).toHaveLength(1)
})

test('movedCard puts a chart before another, and chartSections keep that order', () => {
  const [, train] = chartSections(keys, {})
  if (!train) throw new Error('There is no section train/.')
  const order = movedCard(train, 'train/loss', 0)
  expect(order).toEqual(['train/loss', 'train/acc'])
  expect(chartSections(keys, { order })[1]?.cards.map(({ id }) => id)).toEqual(order)
})

test('prefixOf is nothing where a name only begins or ends with what parts', () => {
  expect(['/a', 'a/', 'a', 'a/b/c', 'x.y'].map(prefixOf)).toEqual(['', '', '', 'a/', 'x.'])
})

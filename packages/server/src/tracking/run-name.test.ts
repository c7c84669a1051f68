import { expect, test } from 'vitest'

import { checkKey } from './rules.ts'
import { generateRunName } from './run-name.ts'

test('generateRunName gives adjective-noun-number, seldom the same, fit for a model or a file', () => {
  const names = Array.from({ length: 2000 }, generateRunName)
  for (const name of names) {
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/)
    checkKey('name', name)
  }
  expect(new Set(names).size).toBeGreaterThan(1990)
})

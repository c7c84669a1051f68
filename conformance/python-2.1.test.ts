import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'

// On a team alone: what differs by the store, the newest client shows on both; an old one asks by other requests.
describe('An old official Python client (2.1)', () => {
  pythonSuite('python-2.1', ['team'])
})

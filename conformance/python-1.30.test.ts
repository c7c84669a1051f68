import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'

// On a team alone: what differs by the store, the newest client shows on both; an old one asks by other requests.
describe('The last official Python client of MLflow 1 (1.30)', () => {
  pythonSuite('python-1.30', ['team'])
})

import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'

describe('An old official Python client (2.1)', () => {
  pythonSuite('python-2.1')
})

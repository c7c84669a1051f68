import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'

describe('The newest official Python client', () => {
  pythonSuite('python')
})

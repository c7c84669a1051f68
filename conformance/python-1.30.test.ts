import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'

describe('The last official Python client of MLflow 1 (1.30)', () => {
  pythonSuite('python-1.30')
})

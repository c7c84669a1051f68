import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'
import { deployments } from './start-server.ts'

describe('The newest official Python client', () => {
  pythonSuite('python', deployments)
})

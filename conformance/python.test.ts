import { describe } from 'vitest'
import { pythonSuite } from './python-suite.ts'
import { deployments } from './start-server.ts'

describe.each(deployments)('The newest official Python client, %s', (deployment) => {
  pythonSuite('python', deployment)
})

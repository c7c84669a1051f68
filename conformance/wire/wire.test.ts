import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployments, startServer } from '../start-server.ts'
import type { TestServer } from '../start-server.ts'
import { compare } from './compare.ts'
import { groups } from './groups.ts'
import { readRecording } from './recording.ts'
import { replay } from './replay.ts'

describe.each(deployments)('%s', (deployment) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startServer(deployment)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  // An official server answered the same requests before; see record.ts.
  for (const { noun, scenarios } of groups) {
    const recording = readRecording(noun)
    describe(`${noun}: the server answers as MLflow ${recording.mlflow}`, () => {
      for (const scenario of scenarios) {
        test(`${scenario.name}`, async () => {
          const exchanges = await replay(scenario, server.url)
          const problems = compare(scenario, recording.scenarios[scenario.name] ?? [], exchanges, deployment === 'team')
          expect.assert(problems.length === 0, problems.join('\n'))
        })
      }
    })
  }
})

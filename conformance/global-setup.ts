import type { TestProject } from 'vitest/node'

import { startS3Server } from '../packages/server/src/artifacts/test-s3-server.ts'
import { fastSettings, startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { setup as build } from './build.ts'
import { pythonEnvironment } from './python-environment.ts'
import { provideTeam } from './shared-team.ts'
import { startServerProcess } from './start-server.ts'
import { startBalancer, teamLaunch } from './team.ts'

/**
 * Builds the command that the clients are driven against, and makes their Python environments. Starts one team for all
 * files: PostgreSQL, an S3 server, two servers and the proxy take seconds, which each file would take again.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const isOurs = process.env['CONFORMANCE_TRACKING_URI'] === undefined
  if (isOurs) build()
  await Promise.all(['python', 'python-2.1', 'python-1.30'].map((folder) => pythonEnvironment(folder)))
  if (!isOurs) return undefined

  const stopping = new AsyncDisposableStack()
  try {
    const postgres = await startTestPostgres(fastSettings)
    stopping.defer(async () => await postgres.remove())
    const s3 = await startS3Server()
    stopping.defer(async () => await s3.stop())
    const database = await postgres.createDatabase('team')
    const options = teamLaunch({ database, artifacts: `${s3.uri}/team`, storeEnv: s3.env })
    const servers = [stopping.use(await startServerProcess(options)), stopping.use(await startServerProcess(options))]
    const balancer = stopping.use(await startBalancer(servers.map(({ url }) => url)))
    const own = await postgres.createDatabase('own')
    const ownStores = { database: own, artifacts: `${s3.uri}/own`, storeEnv: s3.env }
    provideTeam(project, { url: balancer.url, ownStores })
  } catch (error) {
    await stopping.disposeAsync()
    throw error
  }
  return async () => await stopping.disposeAsync()
}

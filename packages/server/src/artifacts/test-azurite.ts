import { BlobServiceClient } from '@azure/storage-blob'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'

import { freePort } from '../../../../scripts/free-port.ts'

const account = 'devstoreaccount1'
/** Azurite's own, the same everywhere. */
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export interface Azurite {
  readonly port: number
  /** Of the container `artifacts`, which is there and empty. */
  readonly uri: string
  readonly env: { readonly AZURE_STORAGE_CONNECTION_STRING: string }
  readonly service: BlobServiceClient
  readonly stop: () => Promise<void>
}

export function connectionString(port: number, accountKey = key): string {
  return (
    `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};` +
    `BlobEndpoint=http://127.0.0.1:${port}/${account};`
  )
}

/** Starts Azurite, Microsoft's own emulator of Blob Storage, in an empty folder. */
export async function startAzurite(folder: string): Promise<Azurite> {
  const port = await freePort()
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const server = spawn(
    process.execPath,
    // The SDK is younger than the emulator.
    [
      program,
      '--blobPort',
      String(port),
      '--location',
      folder,
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(server, 'exit')
  await Promise.race([
    (async () => {
      let said = ''
      for await (const text of server.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        said += text.toString()
        if (said.includes('successfully listens')) return
      }
      throw new Error(`Azurite ended: ${said}`)
    })(),
    exited.then(([code]) => {
      throw new Error(`Azurite ended with ${String(code)}.`)
    }),
  ])
  server.stdout.resume()
  const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString(port) }
  const service = BlobServiceClient.fromConnectionString(env.AZURE_STORAGE_CONNECTION_STRING)
  await service.createContainer('artifacts')
  return {
    port,
    uri: `wasbs://artifacts@${account}.blob.core.windows.net`,
    env,
    service,
    async stop() {
      server.kill('SIGKILL')
      await exited.catch(() => {})
    },
  }
}

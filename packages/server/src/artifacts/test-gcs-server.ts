import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort } from '../../../../scripts/free-port.ts'
import { goProgram } from '../../../../scripts/go-program.ts'

const bucket = 'artifacts'

export interface GcsServer {
  readonly port: number
  /** `gs://` of a bucket that is there. */
  readonly uri: string
  /** What a server or client needs to reach it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/**
 * Starts fake-gcs-server, which keeps all in its memory, with one bucket. It checks no signature.
 * @param folder where the key of a service account is put.
 */
export async function startGcsServer(folder: string): Promise<GcsServer> {
  const program = await goProgram({ package: 'github.com/fsouza/fake-gcs-server', version: 'v1.56.1' })
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const address = `http://${host}`
  const place = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', host]
  const server = spawn(program, [...place, '-external-url', address, '-backend', 'memory', '-log-level', 'error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await fetch(`${address}/storage/v1/b?project=test`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: bucket }),
      })
      if (reply.ok) break
      throw new Error(`The bucket was refused: ${reply.status}`)
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
  return {
    port,
    uri: `gs://${bucket}`,
    env: { STORAGE_EMULATOR_HOST: address, GOOGLE_APPLICATION_CREDENTIALS: serviceAccount(folder) },
    async stop() {
      server.kill('SIGKILL')
      await ended
    },
  }
}

function serviceAccount(folder: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = join(folder, 'service-account.json')
  const key = {
    type: 'service_account',
    project_id: 'test',
    client_email: 'trackway@test.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 })
  return file
}

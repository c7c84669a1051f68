import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort } from '../../../../scripts/free-port.ts'
import { goProgram } from '../../../../scripts/go-program.ts'

const bucket = 'artifacts'

export interface S3Server {
  readonly port: number
  /** `s3://` of a bucket that is there. */
  readonly uri: string
  /** What a server or client needs to reach it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Starts a real S3 server over a temporary folder, with one bucket. */
export async function startS3Server(): Promise<S3Server> {
  const program = await goProgram({ package: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' })
  const folder = await mkdtemp(join(tmpdir(), 's3-server-'))
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const keys = ['--access', 'test-key', '--secret', 'test-secret']
  // Without extended attributes, which not every file system has.
  const store = ['posix', '--sidecar', join(folder, 'attributes'), join(folder, 'buckets')]
  await Promise.all(['attributes', 'buckets'].map(async (name) => await mkdir(join(folder, name))))
  const server = spawn(program, ['--port', address, '--quiet', '--keep-alive', ...keys, ...store], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const env = {
    MLFLOW_S3_ENDPOINT_URL: `http://${address}`,
    AWS_ACCESS_KEY_ID: 'test-key',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const credentials = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' }
  const client = new S3Client({ endpoint: `http://${address}`, region: 'us-east-1', forcePathStyle: true, credentials })
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }))
      break
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
  client.destroy()
  return {
    port,
    uri: `s3://${bucket}`,
    env,
    async stop() {
      server.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

import { join } from 'node:path'

import type { ArtifactStore } from './artifact-store.ts'
import { openAzureArtifactStore } from './azure-artifact-store.ts'
import { openGcsArtifactStore } from './gcs-artifact-store.ts'
import { openLocalArtifactStore } from './local-artifact-store.ts'
import { openS3ArtifactStore } from './s3-artifact-store.ts'
import { startAzurite } from './test-azurite.ts'
import { startGcsServer } from './test-gcs-server.ts'
import { startS3Server } from './test-s3-server.ts'

/** A store over a real server, for the behaviour that all kinds share. */
export interface TestStore {
  readonly store: ArtifactStore
  /** Whether it can sign requests. */
  readonly signs: boolean
  /** Ends the server; the store is closed before. */
  stop(): Promise<void>
}

interface TestArtifactStore {
  readonly name: string
  /** @param folder an empty folder, which is removed afterwards. */
  start(folder: string): Promise<TestStore>
}

/** Every kind of store that can be written to. A new kind is one more entry here, and `artifact-store.test.ts` is run on it. */
export const testArtifactStores: readonly TestArtifactStore[] = [
  {
    name: 'folder',
    async start(folder) {
      return { store: await openLocalArtifactStore(join(folder, 'root')), signs: false, stop: async () => {} }
    },
  },
  {
    name: 's3',
    async start() {
      const server = await startS3Server()
      const store = await openS3ArtifactStore(`${server.uri}/some/prefix`, server.env)
      return { store, signs: true, stop: async () => await server.stop() }
    },
  },
  {
    name: 'azure',
    async start(folder) {
      const { uri, env, stop } = await startAzurite(folder)
      return { store: await openAzureArtifactStore(`${uri}/some/prefix`, env), signs: true, stop }
    },
  },
  {
    name: 'gcs',
    async start(folder) {
      const server = await startGcsServer(folder)
      const store = await openGcsArtifactStore(`${server.uri}/some/prefix`, server.env)
      return { store, signs: true, stop: async () => await server.stop() }
    },
  },
]

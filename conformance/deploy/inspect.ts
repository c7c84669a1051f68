import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { goProgram } from '../../scripts/go-program.ts'

/** The folder with the files under test. */
export const deployFolder = join(import.meta.dirname, '../../deploy')

export interface Instruction {
  readonly name: string
  readonly line: number
  readonly text: string
  readonly sources?: readonly string[]
  readonly destination?: string
  readonly from?: string
  readonly shell?: boolean
  readonly command?: readonly string[]
  readonly values?: Readonly<Record<string, string>>
  readonly value?: string
}

export interface Stage {
  readonly name: string
  readonly base: string
  readonly instructions: readonly Instruction[]
}

export interface Service {
  readonly image: string
  readonly command: readonly string[] | null
  readonly entrypoint: readonly string[] | null
  readonly environment: Readonly<Record<string, string>>
  readonly healthcheck: { readonly test: readonly string[] }
  readonly restart: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly volumes?: readonly { readonly source: string; readonly target: string }[]
}

export interface Composition {
  readonly services: Readonly<Record<string, Service>>
}

/** What Docker's own parsers make of a file. Rejects with their sentence where they refuse it or warn of it. */
async function inspect<T>(...commandLine: readonly string[]): Promise<T> {
  const program = await goProgram({ folder: join(import.meta.dirname, 'inspect') })
  const { stdout } = await promisify(execFile)(program, commandLine, { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as T
}

/** The stages of a Dockerfile, as BuildKit reads them. */
export const readDockerfile = (file: string): Promise<readonly Stage[]> => inspect('dockerfile', file)

/** The files below a folder that an image build gets to see. */
export const buildContext = (folder: string, ignoreFile: string): Promise<readonly string[]> =>
  inspect('context', folder, ignoreFile)

/** What a compose file describes, filled in from an env file. */
export const readComposition = (file: string, envFile: string): Promise<Composition> =>
  inspect('compose', file, envFile)

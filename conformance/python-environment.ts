import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A virtual environment's folder of programs, or why there is none on this machine. */
export type PythonEnvironment = { readonly bin: string } | { readonly unavailable: string }

/**
 * The virtual environment with what `<folder>/requirements.txt` pins, made on first use and kept in `.test-environment/`
 * until the pins or the machine's Python change. Throws when the packages cannot be installed.
 */
export async function pythonEnvironment(folder: string): Promise<PythonEnvironment> {
  const version = pythonVersion()
  if (version === undefined) return { unavailable: 'python3 with its venv module is not installed on this machine' }
  const requirements = join(import.meta.dirname, folder, 'requirements.txt')
  const key = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const root = join(import.meta.dirname, '../.test-environment', `${folder}-${key}`)
  const bin = join(root, 'bin')
  const complete = join(root, 'complete')
  if (existsSync(complete)) return { bin }
  console.log(`Installing the official client for conformance/${folder} (once, some minutes) …`)
  rmSync(root, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', root])
  const options = ['--quiet', '--disable-pip-version-check', '--no-input']
  await run(join(bin, 'python'), ['-m', 'pip', 'install', ...options, '-r', requirements])
  writeFileSync(complete, '')
  return { bin }
}

function pythonVersion(): string | undefined {
  try {
    return execFileSync('python3', ['-c', 'import ensurepip, sys, venv; print(sys.version)'], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}

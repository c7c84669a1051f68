import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const kept = join(import.meta.dirname, '../.test-environment/go')

/** What to build: a package of a public module, or a folder of ours with a go.mod. */
export type GoSource = { readonly package: string; readonly version: string } | { readonly folder: string }

/**
 * The path of a Go program, built on first use (some minutes) and kept in `.test-environment/` under its version, or
 * under what its source holds.
 * @throws Error where the machine has no Go, or the program does not build.
 */
export async function goProgram(source: GoSource): Promise<string> {
  const place = 'folder' in source ? source.folder : source.package
  const name = basename(place)
  const program = join(kept, `${name}-${'folder' in source ? fingerprint(source.folder) : source.version}`)
  if (existsSync(program)) return program

  console.log(`Building ${name} (once, some minutes) …`)
  // Test files that run side by side each build their own; the last one stays.
  const own = join(kept, `build-${name}-${process.pid}`)
  mkdirSync(own, { recursive: true })
  try {
    if ('folder' in source) await go(['build', '-o', join(own, name), '.'], source.folder, name)
    else await go(['install', `${source.package}@${source.version}`], own, name, { GOBIN: own })
    renameSync(join(own, name), program)
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
  return program
}

/**
 * The folder with the files of a public module, such as the schemas that it carries.
 * @throws Error where the machine has no Go, or the module cannot be had.
 */
export async function goModule(path: string, version: string): Promise<string> {
  const told = await go(['mod', 'download', '-json', `${path}@${version}`], import.meta.dirname, path)
  return (JSON.parse(told) as { Dir: string }).Dir
}

async function go(
  commandLine: readonly string[],
  cwd: string,
  wanted: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await run('nice', ['-n', '10', 'go', ...commandLine], { cwd, env: { ...process.env, ...env } })
    return stdout
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (code !== 127 && code !== 'ENOENT') throw cause
    throw new Error(`Go is not installed on this machine, and ${wanted} is had by it: install Go 1.26 or later.`, {
      cause,
    })
  }
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).toSorted()) hash.update(`${file}\n`).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}

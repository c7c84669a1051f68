import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { pythonEnvironment } from './python-environment.ts'
import { startServer } from './start-server.ts'

const run = promisify(execFile)
const project = join(import.meta.dirname, 'java')
const built = join(import.meta.dirname, '../.test-environment/java')
const classpathPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0:build-classpath'

// On a team alone: a folder and SQLite answer it as they answer the newest Python client, which runs on both.
describe('The official Java client', () => {
  const source = readFileSync(join(project, 'src/Conformance.java'), 'utf8')
  const titles = [...source.matchAll(/^ {4}test\("(.+?)",/gm)].map((match) => match[1] ?? '')
  let unavailable: string | undefined
  let output = ''

  beforeAll(async () => {
    const python = await pythonEnvironment('python')
    if ('unavailable' in python) unavailable = `${python.unavailable}, and the Java client transfers artifacts by it`
    else if (!isInstalled('javac', '-version')) unavailable = 'no JDK is installed on this machine'
    else if (!isInstalled('mvn', '-v')) unavailable = 'Maven is not installed on this machine'
    if (unavailable !== undefined || 'unavailable' in python) return

    const classpathFile = join(built, 'classpath')
    await run('mvn', [
      '-B',
      '-q',
      '-f',
      project,
      'compile',
      classpathPlugin,
      `-Dmdep.outputFile=${classpathFile}`,
    ]).catch((error: Error & { stdout?: string }) => {
      throw new Error(`${error.message}\n${error.stdout ?? ''}`)
    })
    await using server = await startServer('team')
    const classpath = [join(built, 'classes'), readFileSync(classpathFile, 'utf8')].join(delimiter)
    const { stdout } = await run('java', ['-cp', classpath, 'Conformance'], {
      env: {
        ...process.env,
        PATH: `${python.bin}${delimiter}${process.env['PATH'] ?? ''}`,
        MLFLOW_TRACKING_URI: server.url,
        MLFLOW_DISABLE_TELEMETRY: 'true',
      },
    })
    output = stdout
  })

  for (const title of titles) {
    test(title, (context) => {
      if (unavailable !== undefined) context.skip(unavailable)
      const failure = output.split('\n').find((line) => line.startsWith(`failed ${title}`))
      expect.assert(
        output.split('\n').includes(`ok ${title}`),
        failure ?? `the Java program did not come to this:\n${output}`,
      )
    })
  }
})

function isInstalled(program: string, flag: string): boolean {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

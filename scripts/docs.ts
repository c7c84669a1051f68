/** Writes docs/reference from the source; with --check it writes nothing and fails if a file is stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { basesOf, endpoints, errorMeaning, errorStatus, prefixes, type Endpoint, type ErrorCode } from '@trackway/api'
import { endpointGroup, openApiDocument } from '@trackway/api/openapi'
import { differencesPage } from '../conformance/wire/differences.ts'
import { cliReference, configReference } from '../packages/server/src/cli/reference.ts'
import { TRACKWAY_VERSION } from '../packages/server/src/version.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/reference')

const files: Record<string, string> = {
  'openapi.json': JSON.stringify(openApiDocument(TRACKWAY_VERSION), null, 2),
  'endpoints.md': endpointsReference(),
  'errors.md': errorsReference(),
  'cli.md': cliReference(),
  'config.md': configReference(),
  'differences.md': differencesPage(),
}

const stale: string[] = []
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name)
  const wanted = `${text.trimEnd()}\n`
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue
  stale.push(relative(root, path))
  if (!process.argv.includes('--check')) writeFileSync(path, wanted)
}
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run \`npm run docs\`.`)
  process.exitCode = 1
} else {
  console.log(stale.length === 0 ? 'docs/reference is up to date.' : `Written: ${stale.join(', ')}`)
}

function endpointsReference(): string {
  const groups = Map.groupBy(Object.entries<Endpoint>(endpoints), ([, endpoint]) => endpointGroup(endpoint))
  const sections = [...groups].map(([group, entries]) =>
    [
      `## ${group}`,
      '',
      '| endpoint | request | what it does | needs |',
      '| --- | --- | --- | --- |',
      ...entries.map(([name, endpoint]) => {
        const methods = [endpoint.method, endpoint.alsoMethod].filter((method) => method !== undefined).join(', ')
        const { resource, permission } = endpoint.access
        const needs = resource === 'public' ? 'nothing' : `${permission} on ${resource.replaceAll('_', ' ')}`
        return `| ${name} | ${methods} \`${endpoint.at === undefined ? '' : basesOf(endpoint)[0]}${endpoint.path}\` | ${endpoint.summary} | ${needs} |`
      }),
    ].join('\n'),
  )
  return `# Endpoints

Generated from \`packages/api\` by \`npm run docs\`; every field is in [openapi.json](openapi.json).
Paths are below each of ${prefixes.map((prefix) => `\`${prefix}\``).join(', ')}, unless they are written whole.

${sections.join('\n\n')}`
}

function errorsReference(): string {
  const codes = Object.entries(errorStatus) as [ErrorCode, number][]
  return `# Errors

Generated from \`packages/api/src/errors.ts\` by \`npm run docs\`.
An error's body is \`{"error_code": "…", "message": "…"}\`; the message says what was given and what is allowed.

| code | status | meaning |
| --- | --- | --- |
${codes.map(([code, status]) => `| \`${code}\` | ${status} | ${errorMeaning[code]} |`).join('\n')}`
}

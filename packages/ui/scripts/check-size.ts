/** Builds the UI in memory and fails where a page loads more than it may. Sizes are gzip, in KB of 1,000 bytes. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Rollup } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Budget {
  readonly what: string
  /** Modules that load it; what they import goes with them. */
  readonly modules: readonly string[]
  /** Loaded before, and so not counted. */
  readonly beyond?: readonly string[]
  readonly js: number
  readonly css?: number
}

const runsPage = ['src/main.tsx', 'src/workspace/workspace-page.tsx']

/** What the survey allows (shares of the first load, and what each lens adds). */
const budgets: readonly Budget[] = [
  { what: 'runs page', modules: runsPage, js: 220, css: 20 },
  { what: '+ charts', modules: ['src/workspace/charts/charts-lens.tsx'], beyond: runsPage, js: 25 },
  { what: '+ plots', modules: ['src/workspace/plots/plots-lens.tsx'], beyond: runsPage, js: 30 },
]
const indexBytes = 2000

/** A chunk with the styles that Vite notes beside it. */
type Chunk = Rollup.OutputChunk & { readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> } }

const output = await builtFiles()
const chunks = new Map(
  output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file as Chunk] as const] : [])),
)
const failures: string[] = []

for (const { what, modules, beyond = [], js, css } of budgets) {
  const before = new Set(closure(beyond))
  const loaded = closure(modules).filter((chunk) => !before.has(chunk))
  judge(`${what}, JS`, sum(loaded.map(({ code }) => gzipSync(code, { level: 9 }).length)), js * 1000, loaded.length)
  if (css === undefined) continue
  const styles = [...new Set([...stylesOfPage(), ...loaded.flatMap(stylesOf)])]
  judge(
    `${what}, CSS`,
    sum(styles.map((name) => gzipSync(content(name), { level: 9 }).length)),
    css * 1000,
    styles.length,
  )
}
judge('index.html, as it is', content('index.html').length, indexBytes, 1)

if (failures.length > 0) {
  process.stderr.write(`Too large: ${failures.join('; ')}. See which module came in, and load it where it is needed.\n`)
  process.exitCode = 1
}

async function builtFiles(): Promise<Rollup.RollupOutput['output']> {
  // React is built for development unless told otherwise.
  process.env['NODE_ENV'] = 'production'
  const built = await build({ root, logLevel: 'warn', build: { write: false } })
  if (!Array.isArray(built) && 'output' in built) return built.output
  throw new TypeError('Vite built something else than one set of files.')
}

/** The chunks that have these modules, and all that these chunks import at once. */
function closure(modules: readonly string[]): Chunk[] {
  const found = new Set<Chunk>()
  const add = (chunk: Chunk | undefined): void => {
    if (chunk === undefined || found.has(chunk)) return
    found.add(chunk)
    for (const name of chunk.imports) add(chunks.get(name))
  }
  for (const module of modules) {
    const chunk = [...chunks.values()].find(({ moduleIds }) => moduleIds.includes(`${root}${module}`))
    if (chunk === undefined) throw new Error(`No built file has ${module}: name the module that took its place.`)
    add(chunk)
  }
  return [...found]
}

function stylesOf({ viteMetadata }: Chunk): string[] {
  return [...(viteMetadata?.importedCss ?? [])]
}

/** Those that the page itself names. */
function stylesOfPage(): string[] {
  return [...String(content('index.html')).matchAll(/href="\.\/([^"]+\.css)"/g)].map(([, name = '']) => name)
}

function content(name: string): string | Uint8Array {
  const found = output.find(({ fileName }) => fileName === name)
  if (found?.type !== 'asset') throw new Error(`The build has no ${name}.`)
  return found.source
}

function judge(what: string, bytes: number, most: number, files: number): void {
  const line = `${what.padEnd(22)} ${kilobytes(bytes).padStart(8)} of ${kilobytes(most)} KB in ${files} files`
  process.stdout.write(`${bytes > most ? '✗' : '✓'} ${line}\n`)
  if (bytes > most) failures.push(`${what} ${kilobytes(bytes)} KB`)
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

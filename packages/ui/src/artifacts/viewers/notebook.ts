/** What is shown of a notebook. Source: Jupyter's format 4; older ones are not read. */
export interface NotebookCell {
  readonly kind: 'markdown' | 'code' | 'raw'
  readonly source: string
  readonly count: number | undefined
  readonly outputs: readonly NotebookOutput[]
}

export type NotebookOutput =
  | { readonly kind: 'text' | 'error'; readonly text: string }
  | { readonly kind: 'image'; readonly address: string }
  | { readonly kind: 'html'; readonly html: string }

/** The cells of a notebook's JSON; undefined where it is none. */
export function notebookCells(text: string): readonly NotebookCell[] | undefined {
  const notebook = parsed(text)
  const cells = record(notebook)?.['cells']
  if (!Array.isArray(cells)) return undefined
  return cells.map((value: unknown) => {
    const cell = record(value) ?? {}
    const kind = cell['cell_type']
    const count = cell['execution_count']
    const outputs = Array.isArray(cell['outputs']) ? cell['outputs'] : []
    return {
      kind: kind === 'markdown' || kind === 'code' ? kind : 'raw',
      source: joinedText(cell['source']),
      count: typeof count === 'number' ? count : undefined,
      outputs: outputs.flatMap(outputOf),
    }
  })
}

/** One of the forms that an output comes in: a picture before HTML before text. */
function outputOf(value: unknown): NotebookOutput[] {
  const output = record(value) ?? {}
  if (output['output_type'] === 'stream') return [{ kind: 'text', text: joinedText(output['text']) }]
  if (output['output_type'] === 'error') return [{ kind: 'error', text: errorText(output) }]
  const data = record(output['data']) ?? {}
  for (const type of ['image/png', 'image/jpeg', 'image/gif']) {
    const base64 = joinedText(data[type]).replace(/\s/g, '')
    if (/^[A-Za-z0-9+/]+=*$/.test(base64)) return [{ kind: 'image', address: `data:${type};base64,${base64}` }]
  }
  const svg = joinedText(data['image/svg+xml'])
  // As a picture, SVG runs nothing.
  if (svg !== '') return [{ kind: 'image', address: `data:image/svg+xml,${encodeURIComponent(svg)}` }]
  const html = joinedText(data['text/html'])
  if (html !== '') return [{ kind: 'html', html }]
  const text = joinedText(data['text/plain'])
  return text === '' ? [] : [{ kind: 'text', text }]
}

function errorText(output: Readonly<Record<string, unknown>>): string {
  const trace = output['traceback']
  const text = Array.isArray(trace) ? trace.join('\n') : `${String(output['ename'])}: ${String(output['evalue'])}`
  // The colours of terminals.
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, '')
}

function joinedText(value: unknown): string {
  if (Array.isArray(value)) return value.join('')
  return typeof value === 'string' ? value : ''
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

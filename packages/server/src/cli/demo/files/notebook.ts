/** A Jupyter notebook of Markdown and Python cells, with what the code printed. */
export function notebook(
  cells: readonly ({ readonly markdown: string } | { readonly code: string; readonly printed: string })[],
): string {
  let count = 0
  const written = cells.map((cell) => {
    if ('markdown' in cell) return { cell_type: 'markdown', metadata: {}, source: linesOf(cell.markdown) }
    count += 1
    const outputs = cell.printed === '' ? [] : [{ output_type: 'stream', name: 'stdout', text: linesOf(cell.printed) }]
    return { cell_type: 'code', execution_count: count, metadata: {}, source: linesOf(cell.code), outputs }
  })
  const kernelspec = { display_name: 'Python 3', language: 'python', name: 'python3' }
  const metadata = { kernelspec, language_info: { name: 'python', version: '3.11.9' } }
  return `${JSON.stringify({ cells: written, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/)
}

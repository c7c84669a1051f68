import { useMemo, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { Failure, Loading } from '../../controls/notices.tsx'
import { Markdown } from '../../controls/markdown.tsx'
import { useFileText } from './file-content.ts'
import { colouredCode } from './highlight.ts'
import codeStyles from './code-viewer.module.css'
import { type NotebookCell, notebookCells, type NotebookOutput } from './notebook.ts'
import styles from './notebook-viewer.module.css'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'

const maxBytes = 20_000_000
const cellsAtOnce = 50
/** More of one output would be too much for the page. */
const longestText = 20_000

/** A notebook as it was saved, with its outputs. Nothing in it runs. */
export function NotebookViewer(props: ViewerProps) {
  const isSmall = props.size <= maxBytes
  const { data, error, refetch } = useFileText(props, isSmall)
  const cells = useMemo(() => (data === undefined ? undefined : (notebookCells(data) ?? 'none')), [data])
  const [shown, setShown] = useState(cellsAtOnce)
  if (!isSmall || cells === 'none') return <TextViewer {...props} />
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (!cells) return <Loading what="the notebook" />
  return (
    <ol className={styles['notebook']} aria-label={`Cells of ${props.path}`}>
      {cells.slice(0, shown).map((cell, index) => (
        <li key={index} className={styles['cell']} data-kind={cell.kind}>
          <Cell cell={cell} number={index + 1} />
        </li>
      ))}
      {cells.length > shown && (
        <li>
          <Button onClick={() => setShown(shown + cellsAtOnce)}>Show more of {cells.length} cells</Button>
        </li>
      )}
    </ol>
  )
}

function Cell({ cell, number }: { cell: NotebookCell; number: number }) {
  if (cell.kind === 'markdown') return <Markdown text={cell.source} />
  const html = cell.kind === 'code' ? colouredCode(cell.source.slice(0, longestText), 'python') : undefined
  return (
    <>
      {cell.source !== '' && (
        <div className={styles['source']}>
          <span className={styles['count']} aria-hidden="true">
            {cell.count === undefined ? '' : `[${cell.count}]`}
          </span>
          <pre className={codeStyles['text']} tabIndex={0} role="region" aria-label={`Code of cell ${number}`}>
            {html === undefined ? (
              <code>{cell.source.slice(0, longestText)}</code>
            ) : (
              // What highlight.js gives is the text, escaped, in spans of its own.
              <code dangerouslySetInnerHTML={{ __html: html }} />
            )}
          </pre>
        </div>
      )}
      {cell.outputs.map((output, index) => (
        <Output key={index} output={output} name={`Output ${index + 1} of cell ${number}`} />
      ))}
    </>
  )
}

function Output({ output, name }: { output: NotebookOutput; name: string }) {
  if (output.kind === 'image') return <img className={styles['image']} src={output.address} alt={name} />
  if (output.kind === 'html') {
    return (
      <iframe className={styles['html']} title={name} srcDoc={output.html} sandbox="" referrerPolicy="no-referrer" />
    )
  }
  return (
    <pre className={styles['text']} data-kind={output.kind} tabIndex={0} role="region" aria-label={name}>
      {output.text.slice(0, longestText)}
      {output.text.length > longestText && '…'}
    </pre>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { previewUrl } from '../../artifacts/artifact-root.ts'
import { readHead } from '../../artifacts/byte-range.ts'
import { isBinary } from '../../artifacts/media-kind.ts'
import { countText, sizeText } from '../../controls/display-text.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import type { ShownRun } from '../shown-runs.ts'
import styles from './artifacts.module.css'
import { comparableText, diffBlocks, type DiffLine, lineDiff } from './line-diff.ts'

/** How many bytes of a file are compared, and how many lines are drawn. */
const most = { bytes: 1_000_000, lines: 3000 } as const

interface FileDiffProps {
  readonly path: string
  readonly from: ShownRun
  readonly to: ShownRun
}

/** What one run's file has otherwise than another's, by lines. */
export function FileDiff({ path, from, to }: FileDiffProps) {
  const texts = useQuery({
    queryKey: ['artifact', { run_id: from.id }, path, 'difference', to.id],
    queryFn: async ({ signal }) =>
      Promise.all([from, to].map(({ id }) => readHead(previewUrl({ runId: id }, path), most.bytes, signal))),
  })
  const lines = useMemo(() => {
    const [one, other] = texts.data ?? []
    if (!one || !other || isBinary(one.bytes.subarray(0, 4096)) || isBinary(other.bytes.subarray(0, 4096)))
      return undefined
    const [before = '', after = ''] = [one, other].map(({ bytes }) =>
      comparableText(path, new TextDecoder().decode(bytes)),
    )
    return lineDiff(before, after)
  }, [texts.data, path])
  const blocks = useMemo(() => diffBlocks(lines ?? []), [lines])

  if (texts.error)
    return <Failure what="The file could not be read of both runs." error={texts.error} retry={texts.refetch} />
  if (!texts.data) return <Loading what="the difference" />
  if (!lines) return <p className={styles['note']}>These files are no text. They can be looked at side by side.</p>
  const [added, removed] = (['added', 'removed'] as const).map(
    (kind) => lines.filter((line) => line.kind === kind).length,
  )
  const isCut = texts.data.some(({ size }) => size > most.bytes)
  return (
    <div className={styles['difference']}>
      <p className={styles['note']} role="status">
        {added === 0 && removed === 0
          ? 'The files say the same.'
          : `${countText(added ?? 0, 'line')} added, ${removed} removed.`}
        {isCut && ` Compared are the first ${sizeText(most.bytes)}.`}
        {lines.length > most.lines && ` Drawn are ${most.lines.toLocaleString('en')} lines at most.`}
      </p>
      <div className={styles['lines']} role="region" aria-label={`Difference of ${path}`} tabIndex={0}>
        <table>
          <caption className="visually-hidden">
            From {from.name} to {to.name}
          </caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">Line before</th>
              <th scope="col">Line after</th>
              <th scope="col">Change</th>
              <th scope="col">Text</th>
            </tr>
          </thead>
          {blocks.map((block, place) =>
            block.kind === 'alike' ? (
              <Alike key={place} lines={block.lines} />
            ) : (
              <Lines key={place} lines={block.lines} />
            ),
          )}
        </table>
      </div>
    </div>
  )
}

function Alike({ lines }: { lines: readonly DiffLine[] }) {
  const [isOpen, setOpen] = useState(false)
  if (isOpen) return <Lines lines={lines} />
  return (
    <tbody>
      <tr className={styles['alike']}>
        <td colSpan={4}>
          <button type="button" onClick={() => setOpen(true)}>
            {countText(lines.length, 'line')} alike
          </button>
        </td>
      </tr>
    </tbody>
  )
}

const signs = { same: '', added: '+', removed: '−' }

function Lines({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <tbody>
      {lines.slice(0, most.lines).map(({ kind, text, from, to }) => (
        <tr key={`${from} ${to}`} data-kind={kind}>
          <td>{from}</td>
          <td>{to}</td>
          <td>{signs[kind]}</td>
          <td dir="auto">{text}</td>
        </tr>
      ))}
    </tbody>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { countText, sizeText } from '../../controls/display-text.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import { ownerOf } from '../artifact-root.ts'
import { readHead } from '../byte-range.ts'
import { csvRows } from './csv-window.ts'
import { DataTable } from './data-table.tsx'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

const firstBytes = 2_000_000
/** More would be held as text and as cells at once. */
const mostBytes = 32_000_000

/** The rows of a CSV file, from its beginning as far as was asked for. */
export function CsvViewer(props: ViewerProps) {
  const { root, path, url, size } = props
  const [bytes, setBytes] = useState(firstBytes)
  const [isRaw, setRaw] = useState(false)
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['artifact', ownerOf(root), path, 'csv', bytes],
    queryFn: async ({ signal }) => {
      const head = await readHead(url, bytes, signal)
      const isCut = head.size > head.bytes.length
      return {
        ...csvRows(new TextDecoder().decode(head.bytes), isCut),
        isCut,
        read: head.bytes.length,
        size: head.size,
      }
    },
    placeholderData: (before) => before,
  })
  const rowAt = useMemo(() => (index: number) => data?.rows[index], [data])
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (!data) return <Loading what="the table" />
  return (
    <>
      <div className={styles['bar']}>
        <Button kind="quiet" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
          Text
        </Button>
        <span className="quiet">
          {data.isCut
            ? `The first ${countText(data.rows.length, 'row')}: ${sizeText(data.read)} of ${sizeText(data.size || size)}`
            : `${countText(data.rows.length, 'row')}, ${countText(data.columns.length, 'column')}`}
        </span>
        {data.isCut && bytes < mostBytes && (
          <Button aria-disabled={isFetching} onClick={() => setBytes(Math.min(mostBytes, bytes * 4))}>
            {isFetching ? 'Loading…' : 'Load more rows'}
          </Button>
        )}
      </div>
      {isRaw ? (
        <TextViewer {...props} />
      ) : (
        <DataTable name={`Rows of ${path}`} columns={data.columns} rowCount={data.rows.length} rowAt={rowAt} />
      )}
    </>
  )
}

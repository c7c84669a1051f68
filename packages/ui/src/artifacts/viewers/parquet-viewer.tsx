import { useQuery } from '@tanstack/react-query'
import { type AsyncBuffer, cachedAsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'

import { useCallback, useRef, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { countText, sizeText } from '../../controls/display-text.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import { ownerOf } from '../artifact-root.ts'
import { rangesOf } from '../byte-range.ts'
import { cellText } from './cell-text.ts'
import { DataTable } from './data-table.tsx'
import { compressors } from './parquet-compressors.ts'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'
import { errorOf } from '../../controls/thrown.ts'

const blockRows = 200
/** A group of rows is read whole, as its columns are packed: from so many bytes on only when somebody asks. */
const largeGroup = 64_000_000

/** The rows of a Parquet file, of which only the groups in sight are read. */
export function ParquetViewer({ root, path, url, size }: ViewerProps) {
  const [isWanted, setWanted] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['artifact', ownerOf(root), path, 'parquet', size],
    queryFn: async () => {
      const file = cachedAsyncBuffer(bufferOf(url, size))
      const metadata = await parquetMetadataAsync(file)
      const columns = parquetSchema(metadata).children.map(({ element }) => element.name)
      const groupBytes = Math.max(0, ...metadata.row_groups.map((group) => Number(group.total_byte_size)))
      return {
        file,
        metadata,
        columns,
        groupBytes,
        groups: metadata.row_groups.length,
        rows: Number(metadata.num_rows),
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    // The file's bytes are held with it.
    gcTime: 60_000,
    structuralSharing: false,
  })
  const blocks = useRef(new Map<number, readonly (readonly string[])[] | 'loading'>())
  const [, setLoaded] = useState(0)
  const [failure, setFailure] = useState<Error>()
  const onSight = useCallback(
    (first: number, last: number) => {
      if (!data || data.rows === 0) return
      for (let block = Math.floor(first / blockRows); block <= Math.floor(last / blockRows); block++) {
        if (blocks.current.has(block)) continue
        blocks.current.set(block, 'loading')
        void rowsOf(data, block * blockRows).then(
          (rows) => {
            blocks.current.set(block, rows)
            setLoaded((count) => count + 1)
          },
          (reason: unknown) => {
            blocks.current.delete(block)
            setFailure(errorOf(reason))
          },
        )
      }
    },
    [data],
  )
  const rowAt = (index: number): readonly string[] | undefined => {
    const block = blocks.current.get(Math.floor(index / blockRows))
    return block === undefined || block === 'loading' ? undefined : block[index % blockRows]
  }
  if (error) return <Failure what="This is no Parquet file that can be read." error={error} retry={refetch} />
  if (!data) return <Loading what="the table" />
  return (
    <>
      <div className={styles['bar']}>
        <span className="quiet">
          {countText(data.rows, 'row')}, {countText(data.columns.length, 'column')},{' '}
          {countText(data.groups, 'row group')}
        </span>
      </div>
      {failure && <Failure what="Some rows could not be read." error={failure} retry={() => setFailure(undefined)} />}
      {data.groupBytes > largeGroup && !isWanted ? (
        <div className={styles['document']}>
          <p>To show rows, {sizeText(data.groupBytes)} must be read: its rows come in groups of that size.</p>
          <p>
            <Button onClick={() => setWanted(true)}>Read them</Button>
          </p>
        </div>
      ) : (
        <DataTable
          name={`Rows of ${path}`}
          columns={data.columns}
          rowCount={data.rows}
          rowAt={rowAt}
          onSight={onSight}
        />
      )}
    </>
  )
}

interface OpenFile {
  readonly file: AsyncBuffer
  readonly metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>
  readonly columns: readonly string[]
  readonly rows: number
}

async function rowsOf({ file, metadata, columns, rows }: OpenFile, first: number): Promise<string[][]> {
  const objects = await parquetReadObjects({
    file,
    metadata,
    compressors,
    rowStart: first,
    rowEnd: Math.min(rows, first + blockRows),
  })
  return objects.map((row) => columns.map((column) => cellText(row[column])))
}

function bufferOf(url: string, size: number): AsyncBuffer {
  const read = rangesOf(url)
  return {
    byteLength: size,
    async slice(start, end = size) {
      const from = start < 0 ? size + start : start
      const { bytes } = await read(from, end - from)
      return bytes.buffer
    },
  }
}

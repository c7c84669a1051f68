import { useQuery } from '@tanstack/react-query'
import { sizeText } from '../../controls/display-text.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import { ownerOf } from '../artifact-root.ts'
import { readHead } from '../byte-range.ts'
import { hexLines } from './hex-lines.ts'
import { numpyHeader } from './numpy-header.ts'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

const headBytes = 1024

/** What there is to see of a file that nothing else shows: its first bytes, and what a NumPy array says of itself. */
export function BinaryViewer({ root, path, url, size }: ViewerProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['artifact', ownerOf(root), path, 'bytes'],
    queryFn: async ({ signal }) => (await readHead(url, headBytes, signal)).bytes,
  })
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (!data) return <Loading what="the file" />
  const array = numpyHeader(data)
  return (
    <div className={styles['document']}>
      {array ? (
        <dl className={styles['facts']}>
          <dt>NumPy array</dt>
          <dd>{array.type}</dd>
          <dt>Shape</dt>
          <dd>{array.shape}</dd>
        </dl>
      ) : (
        <p>There is no preview for files of this kind. It can be downloaded.</p>
      )}
      <p className="quiet">
        {size > headBytes ? `The first ${sizeText(headBytes)} of ${sizeText(size)}:` : `All ${sizeText(size)}:`}
      </p>
      <pre className={styles['hex']} tabIndex={0} role="region" aria-label="Bytes of the file">
        {hexLines(data).join('\n')}
      </pre>
    </div>
  )
}

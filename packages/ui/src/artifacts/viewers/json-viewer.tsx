import { useMemo, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { Failure, Loading } from '../../controls/notices.tsx'
import { useFileText } from './file-content.ts'
import { JsonTree } from './json-tree.tsx'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

/** More is shown as text of any size. */
const maxBytes = 5_000_000

/** JSON as a tree of what is opened, or as it was written. */
export function JsonViewer(props: ViewerProps) {
  const isSmall = props.size <= maxBytes
  const { data, error, refetch } = useFileText(props, isSmall)
  const [isRaw, setRaw] = useState(false)
  const parsed = useMemo(() => parse(data), [data])
  if (!isSmall) return <TextViewer {...props} />
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (parsed === undefined) return <Loading what="the file" />
  return (
    <>
      <div className={styles['bar']}>
        <Button kind="quiet" aria-pressed={isRaw} disabled={!parsed.isJson} onClick={() => setRaw(!isRaw)}>
          Text
        </Button>
        {!parsed.isJson && <span className="quiet">This is not valid JSON, so it is shown as text.</span>}
      </div>
      {isRaw || !parsed.isJson ? (
        <TextViewer {...props} />
      ) : (
        <div className={styles['document']}>
          <JsonTree value={parsed.value} name={undefined} isOpen />
        </div>
      )}
    </>
  )
}

function parse(text: string | undefined): { isJson: boolean; value?: unknown } | undefined {
  if (text === undefined) return undefined
  try {
    // Python writes NaN and the infinities, which JSON does not know.
    const known = text.replace(/(?<=[[:,]\s*)(-?Infinity|NaN)(?=\s*[\],}])/g, '"$1"')
    return { isJson: true, value: JSON.parse(known) as unknown }
  } catch {
    return { isJson: false }
  }
}

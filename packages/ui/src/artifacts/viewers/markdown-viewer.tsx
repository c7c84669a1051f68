import { Failure, Loading } from '../../controls/notices.tsx'
import { Markdown } from '../../controls/markdown.tsx'
import { useFileText } from './file-content.ts'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

/** More is shown as text: all of it would be on the page at once. */
const maxBytes = 500_000

export function MarkdownViewer(props: ViewerProps) {
  const isSmall = props.size <= maxBytes
  const { data, error, refetch } = useFileText(props, isSmall)
  if (!isSmall) return <TextViewer {...props} />
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (data === undefined) return <Loading what="the text" />
  return (
    <div className={styles['document']}>
      <Markdown text={data} />
    </div>
  )
}

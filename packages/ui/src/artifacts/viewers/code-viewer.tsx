import { useMemo, useState } from 'react'
import { Failure, Loading } from '../../controls/notices.tsx'
import { languageOf } from '../media-kind.ts'
import styles from './code-viewer.module.css'
import { useFileText } from './file-content.ts'
import { colouredCode } from './highlight.ts'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'

/** More is shown without colours, as text of any size. */
const maxBytes = 1_000_000
/** More lines at once would be too many for the page. */
const maxLines = 5000

/** Code in its colours. */
export function CodeViewer(props: ViewerProps) {
  const isSmall = props.size <= maxBytes
  const { data, error, refetch } = useFileText(props, isSmall)
  if (!isSmall) return <TextViewer {...props} />
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (data === undefined) return <Loading what="the code" />
  const lines = data.split('\n').length
  return lines > maxLines ? (
    <TextViewer {...props} />
  ) : (
    <Code text={data} language={languageOf(props.path)} name={props.path} />
  )
}

function Code({ text, language, name }: { text: string; language: string | undefined; name: string }) {
  const [isFlat] = useState(text.length > maxBytes)
  const html = useMemo(() => (isFlat ? undefined : colouredCode(text, language)), [text, language, isFlat])
  const count = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const numbers = useMemo(() => Array.from({ length: count }, (_, at) => at + 1).join('\n'), [count])
  return (
    // A keyboard must be able to scroll it.
    <div className={styles['code']} tabIndex={0} role="region" aria-label={`Code of ${name}`}>
      <pre className={styles['numbers']} aria-hidden="true">
        {numbers}
      </pre>
      <pre className={styles['text']}>
        {html === undefined ? (
          <code>{text}</code>
        ) : (
          // What highlight.js gives is the text, escaped, in spans of its own.
          <code dangerouslySetInnerHTML={{ __html: html }} />
        )}
      </pre>
    </div>
  )
}

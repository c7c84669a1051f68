import { Failure, Loading } from '../../controls/notices.tsx'
import { TextPane } from './text-pane.tsx'
import { useTextReading } from './text-reading.ts'
import type { ViewerProps } from './viewer.ts'

/** Text of any size, from its beginning. */
export function TextViewer({ url, path }: Pick<ViewerProps, 'url' | 'path'>) {
  const reading = useTextReading(url, 'head', false)
  if (!reading.window) {
    return reading.error ? (
      <Failure what="The file could not be read." error={reading.error} retry={reading.retry} />
    ) : (
      <Loading what="the text" />
    )
  }
  return <TextPane reading={{ ...reading, window: reading.window }} name={path} />
}

import { lazy, Suspense } from 'react'

const MarkdownText = lazy(async () => ({ default: (await import('./markdown-text.tsx')).MarkdownText }))

/** Markdown that anybody may have written: nothing in it can run or load from elsewhere. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className="quiet">{text.slice(0, 200)}</p>}>
      <MarkdownText text={text} />
    </Suspense>
  )
}

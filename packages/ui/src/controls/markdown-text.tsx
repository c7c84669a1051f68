import createPurify from 'dompurify'
import { marked } from 'marked'
import { useMemo } from 'react'
import styles from './markdown.module.css'

const purify = createPurify(window)

// Links leave the page without telling it who sent them; pictures from elsewhere would tell their host who reads.
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank')
    node.setAttribute('rel', 'noopener noreferrer')
  }
  if (node.tagName === 'IMG' && node.getAttribute('src')?.startsWith('data:image/') !== true) node.remove()
})

export function MarkdownText({ text }: { text: string }) {
  const html = useMemo(
    () =>
      purify.sanitize(marked.parse(text, { async: false, gfm: true }), {
        USE_PROFILES: { html: true },
        FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'dialog', 'video', 'audio'],
        FORBID_ATTR: ['style', 'class', 'id', 'name'],
      }),
    [text],
  )
  // The one place where HTML is set: it was purified here.
  return <div className={styles['markdown']} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
}

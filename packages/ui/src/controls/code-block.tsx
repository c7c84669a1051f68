import { CopyButton } from './copy-button.tsx'
import styles from './code-block.module.css'

/** Code to copy, as it stands; `label` names it for screen readers. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className={styles['block']}>
      {/* A keyboard must be able to scroll it. */}
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{code}</code>
      </pre>
      <div className={styles['copy']}>
        <CopyButton text={code} label={`Copy ${label}`} />
      </div>
    </div>
  )
}

import { useState } from 'react'
import { serverUrl } from '../server.ts'
import { CodeBlock } from './code-block.tsx'
import { type Language, languages, snippetOf } from './snippet.ts'
import styles from './snippets.module.css'

/** How to log a first run to this server, in the language of one's choice. */
export function Snippets({ experimentName }: { experimentName: string }) {
  const [language, setLanguage] = useState<Language>('Python')
  return (
    <div className={styles['snippets']}>
      <div className={styles['languages']} role="group" aria-label="Language">
        {languages.map((one) => (
          <button key={one} type="button" aria-pressed={one === language} onClick={() => setLanguage(one)}>
            {one}
          </button>
        ))}
      </div>
      <CodeBlock label={`${language} example`} code={snippetOf(language, serverUrl, experimentName)} />
    </div>
  )
}

import { useState } from 'react'
import { CodeBlock } from '../controls/code-block.tsx'
import styles from '../controls/snippets.module.css'

interface CodeChoiceProps<T extends string> {
  readonly languages: readonly T[]
  readonly codeOf: (language: T) => string
  /** What the code does, for its name: `Register a model`. */
  readonly what: string
}

/** The same in several languages, one shown at a time. */
export function CodeChoice<T extends string>({ languages, codeOf, what }: CodeChoiceProps<T>) {
  const [chosen, setChosen] = useState<T>()
  const language = chosen ?? languages[0]
  if (language === undefined) return null
  return (
    <div className={styles['snippets']}>
      <div className={styles['languages']} role="group" aria-label="Language">
        {languages.map((one) => (
          <button key={one} type="button" aria-pressed={one === language} onClick={() => setChosen(one)}>
            {one}
          </button>
        ))}
      </div>
      <CodeBlock label={`${what}: ${language}`} code={codeOf(language)} />
    </div>
  )
}

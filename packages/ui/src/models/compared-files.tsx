import { lazy, Suspense } from 'react'
import { CodeBlock } from '../controls/code-block.tsx'
import { Failure, Loading } from '../controls/notices.tsx'
import { SelectField } from '../controls/text-field.tsx'
import styles from './compare.module.css'
import models from './models.module.css'
import { useVersionText } from './version-files.ts'

const TextDiff = lazy(async () => ({ default: (await import('./text-diff.tsx')).TextDiff }))

const paths = ['requirements.txt', 'MLmodel', 'conda.yaml', 'python_env.yaml', 'input_example.json'] as const

interface ComparedFilesProps {
  readonly name: string
  readonly base: string
  readonly others: readonly string[]
  readonly against: string
  readonly isAll: boolean
  readonly onAgainst: (version: string) => void
}

/** The text files of two versions, line by line. */
export function ComparedFiles({ name, base, others, against, isAll, onAgainst }: ComparedFilesProps) {
  return (
    <section className={models['section']} aria-labelledby="files">
      <div className={styles['controls']}>
        <h2 id="files">
          Files: v{base} → v{against}
        </h2>
        {others.length > 1 && (
          <SelectField
            label="Compare the files with"
            isBare
            value={against}
            choices={others.map((version) => ({ value: version, label: `Version ${version}` }))}
            onChoose={onAgainst}
          />
        )}
      </div>
      {paths.map((path) => (
        <ComparedFile key={path} name={name} path={path} base={base} against={against} isAll={isAll} />
      ))}
    </section>
  )
}

interface ComparedFileProps {
  readonly name: string
  readonly path: string
  readonly base: string
  readonly against: string
  readonly isAll: boolean
}

function ComparedFile({ name, path, base, against, isAll }: ComparedFileProps) {
  const before = useVersionText(name, base, path)
  const after = useVersionText(name, against, path)
  if (before.isPending || after.isPending) return <Loading what={path} rows={1} />
  const failed = before.isError ? before : after.isError ? after : undefined
  if (failed) return <Failure what={`${path} could not be read.`} error={failed.error} retry={failed.refetch} />
  if (before.data === null && after.data === null) return null
  const isSame = before.data === after.data
  if (isSame && !isAll) return <p className="quiet">{path} is the same.</p>
  return (
    <details open={path !== 'input_example.json'}>
      <summary className={models['summary']}>
        {path} {before.data === null && `(not in v${base})`} {after.data === null && `(not in v${against})`}
      </summary>
      {isSame ? (
        <CodeBlock label={path} code={before.data ?? ''} />
      ) : (
        <Suspense fallback={<Loading what={path} rows={3} />}>
          <TextDiff label={`Changes of ${path}`} before={before.data ?? ''} after={after.data ?? ''} />
        </Suspense>
      )}
    </details>
  )
}

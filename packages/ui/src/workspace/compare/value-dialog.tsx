import { useMemo, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { CopyButton } from '../../controls/copy-button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import type { ShownRun } from '../shown-runs.ts'
import type { FactPlace } from './compare-grid.tsx'
import styles from './compare.module.css'
import { deltaOf, deltaText, isSame, percentText, wholeText } from './fact.ts'
import { textDiff } from './text-diff.ts'

interface ValueDialogProps {
  readonly place: FactPlace
  readonly runs: readonly ShownRun[]
  readonly hasBaseline: boolean
  readonly onClose: () => void
}

/** One value in full, and what differs from the baseline's, or from the first run's where there is no baseline. */
export function ValueDialog({ place: { fact, run }, runs, hasBaseline, onClose }: ValueDialogProps) {
  const [isDiff, setDiff] = useState(true)
  const value = fact.values[run]
  const base = fact.values[0]
  const [whole, baseText] = [wholeText(fact, value), wholeText(fact, base)]
  const isOther = run > 0 && !isSame(value, base)
  const parts = useMemo(
    () => (isOther && typeof value === 'string' && typeof base === 'string' ? textDiff(base, value) : undefined),
    [isOther, value, base],
  )
  const delta = isOther ? deltaOf(fact, value, base) : undefined
  const baseName = hasBaseline ? `Baseline: ${runs[0]?.name}` : (runs[0]?.name ?? '')
  return (
    <Dialog title={fact.name} size="wide" onClose={onClose}>
      <div className={styles['dialog-facts']}>
        {parts && (
          <>
            <Button aria-pressed={isDiff} onClick={() => setDiff(true)}>
              Difference
            </Button>
            <Button aria-pressed={!isDiff} onClick={() => setDiff(false)}>
              Side by side
            </Button>
          </>
        )}
        {delta && (
          <span className={delta.verdict === undefined ? undefined : styles[delta.verdict]}>
            {[deltaText(delta, fact.kind), percentText(delta), delta.verdict]
              .filter((part) => part !== undefined)
              .join(', ')}
          </span>
        )}
        {run > 0 && !isOther && <span className="quiet">The same as of {baseName}</span>}
      </div>
      {parts && isDiff ? (
        <>
          <p className="quiet" dir="auto">
            From {baseName} to {runs[run]?.name}
          </p>
          <DiffText parts={parts} />
        </>
      ) : (
        <div className={styles['texts']}>
          {isOther && <WholeText name={baseName} text={baseText} isMissing={base === undefined} />}
          <WholeText name={runs[run]?.name ?? ''} text={whole} isMissing={value === undefined} />
        </div>
      )}
    </Dialog>
  )
}

function WholeText({ name, text, isMissing }: { name: string; text: string; isMissing: boolean }) {
  return (
    <section className={styles['text']} aria-label={name}>
      <h3>
        <bdi className="cut">{name}</bdi>
        {!isMissing && <CopyButton text={text} label="Copy the value" />}
      </h3>
      {isMissing ? (
        <p className="quiet">None</p>
      ) : (
        <pre tabIndex={0} dir="auto" role="region" aria-label={`Value of ${name}`}>
          {text}
        </pre>
      )}
    </section>
  )
}

/** Removals and additions in one text; screen readers hear them as such. */
function DiffText({ parts }: { parts: ReturnType<typeof textDiff> }) {
  return (
    <pre className={styles['diff']} tabIndex={0} role="region" aria-label="Difference" dir="auto">
      {parts.map(({ text, kind }, place) =>
        kind === 'same' ? (
          <span key={place}>{text}</span>
        ) : kind === 'added' ? (
          <ins key={place}>{text}</ins>
        ) : (
          <del key={place}>{text}</del>
        ),
      )}
    </pre>
  )
}

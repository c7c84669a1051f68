import { Maximize2 } from 'lucide-react'
import { memo } from 'react'
import styles from './compare.module.css'
import type { DeltaKind } from './compare-state.ts'
import { deltaOf, deltaText, type Fact, type FactValue, factText, isSame, percentText, wholeText } from './fact.ts'

interface FactCellProps {
  readonly fact: Fact
  readonly value: FactValue
  /** The baseline's; undefined also where it has none. */
  readonly base: FactValue
  /** Whether values are told against a baseline, and this is not its own. */
  readonly isAgainst: boolean
  readonly delta: DeltaKind
  readonly isBest: boolean
  readonly onOpen: () => void
}

/** From how many characters on a text is better read alone. */
const longText = 18

/** A value with how far it is from the baseline's: the arrow says whether that is better, the sign where it lies. */
export const FactCell = memo(function FactCell({ fact, value, base, isAgainst, delta, isBest, onOpen }: FactCellProps) {
  if (value === undefined) return null
  const isText = typeof value === 'string'
  const found = isAgainst && delta !== 'none' && !isSame(value, base) ? deltaOf(fact, value, base) : undefined
  const isLong = isText && (value.length > longText || value.includes('\n'))
  return (
    <>
      {isLong && (
        <button
          type="button"
          tabIndex={-1}
          className={styles['open']}
          title="Read all of it (Enter)"
          aria-label={`Read ${fact.name}`}
          onClick={onOpen}
        >
          <Maximize2 />
        </button>
      )}
      {found && found.by !== 0 && (
        <span className={styles['delta']} data-verdict={found.verdict}>
          {found.verdict !== undefined && (
            <>
              <span aria-hidden="true">{found.verdict === 'better' ? '▲' : '▼'}</span>
              <span className="visually-hidden">{found.verdict}, </span>
            </>
          )}
          {shownDelta(found, fact, delta)}
        </span>
      )}
      <span
        className={styles['value']}
        data-best={isBest}
        data-same={isAgainst && isSame(value, base)}
        dir={isText ? 'auto' : undefined}
      >
        {isBest && <span className="visually-hidden">Best: </span>}
        {factText(fact, value)}
      </span>
    </>
  )
})

/** All that a cell says, for its tooltip. */
export function cellTitle(fact: Fact, value: FactValue, base: FactValue, isAgainst: boolean): string {
  const whole = wholeText(fact, value).slice(0, 2000)
  if (!isAgainst || isSame(value, base)) return whole
  const found = deltaOf(fact, value, base)
  const baseline = base === undefined ? 'The baseline has none' : `Baseline: ${wholeText(fact, base).slice(0, 2000)}`
  if (!found) return `${whole === '' ? 'None' : whole}\n${baseline}`
  const parts = [deltaText(found, fact.kind), percentText(found), found.verdict].filter((part) => part !== undefined)
  return `${whole}\n${baseline}\n${parts.join(', ')}`
}

function shownDelta(found: NonNullable<ReturnType<typeof deltaOf>>, { kind }: Fact, delta: DeltaKind): string {
  const percent = percentText(found)
  // Nothing is a percentage of zero.
  if (delta === 'absolute' || percent === undefined) return deltaText(found, kind)
  return delta === 'both' ? `${deltaText(found, kind)} (${percent})` : percent
}

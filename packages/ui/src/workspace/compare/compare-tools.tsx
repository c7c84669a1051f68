import { ArrowLeftRight, Copy, FolderTree } from 'lucide-react'
import { Button } from '../../controls/button.tsx'
import { copyText } from '../../controls/copy-button.tsx'
import { countText } from '../../controls/display-text.ts'
import { Menu } from '../../controls/menu.tsx'
import { TextField } from '../../controls/text-field.tsx'
import { toast } from '../../shell/toasts.tsx'
import type { Workspace } from '../workspace.ts'
import type { CompareLines } from './compare-lines.ts'
import { changeCompare, type CompareState, deltaKinds, metricValues } from './compare-state.ts'
import styles from './compare.module.css'
import type { Comparison } from './comparison.ts'
import { csvTable, markdownTable, tableOf } from './table-text.ts'

interface CompareToolsProps {
  readonly workspace: Workspace
  readonly state: CompareState
  readonly comparison: Comparison
  readonly lines: CompareLines
  readonly hasBaseline: boolean
}

const valueNames = { LAST: 'Last', MIN: 'Smallest', MAX: 'Largest' }
const deltaNames = { percent: 'Percent', absolute: 'Difference', both: 'Difference and percent', none: 'Nothing' }

/** What of the comparison is shown, and how. */
export function CompareTools({ workspace, state, comparison, lines, hasBaseline }: CompareToolsProps) {
  const { value = 'LAST', delta = 'percent', all, turned, nest, find = '' } = state
  const hidden = workspace.state.hide?.length ?? 0
  const copy = (text: string): void => {
    void copyText(text).then((isDone) => isDone && toast({ text: 'The table was copied.' }))
  }
  const table = () => tableOf(comparison.runs, lines.lines, turned === true)
  return (
    <div className={styles['tools']} role="toolbar" aria-label="Comparison">
      <TextField
        label="Find a row"
        isBare
        type="search"
        placeholder="Find a row"
        className={styles['find'] ?? ''}
        value={find}
        onChange={(event) => changeCompare(workspace, { find: event.target.value }, { replace: true })}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={all !== true}
          onChange={() => changeCompare(workspace, { all: all ? undefined : true })}
        />
        Only differences
      </label>
      <span className="quiet" role="status">
        {lines.alike > 0 && `${countText(lines.alike, 'row')} alike hidden`}
      </span>
      <Menu
        label={`Metrics: ${valueNames[value].toLowerCase()}`}
        kind="quiet"
        items={metricValues.map((one) => ({
          id: one,
          label: valueNames[one],
          checked: one === value,
          onAction: () => changeCompare(workspace, { value: one }),
        }))}
      >
        {`Metrics: ${valueNames[value].toLowerCase()}`}
      </Menu>
      {hasBaseline && (
        <Menu
          label={`Against baseline: ${deltaNames[delta].toLowerCase()}`}
          kind="quiet"
          items={deltaKinds.map((one) => ({
            id: one,
            label: deltaNames[one],
            checked: one === delta,
            onAction: () => changeCompare(workspace, { delta: one }),
          }))}
        >
          {`Against baseline: ${deltaNames[delta].toLowerCase()}`}
        </Menu>
      )}
      <Button
        kind="quiet"
        aria-pressed={nest === true}
        title="Keys as trees, by / and ."
        onClick={() => changeCompare(workspace, { nest: nest ? undefined : true })}
      >
        <FolderTree /> Nest
      </Button>
      <Button
        kind="quiet"
        aria-pressed={turned === true}
        title="Runs as rows"
        onClick={() => changeCompare(workspace, { turned: turned ? undefined : true })}
      >
        <ArrowLeftRight /> Turn
      </Button>
      <Menu
        label="Copy the table"
        kind="quiet"
        items={[
          { id: 'csv', label: 'Copy as CSV', onAction: () => copy(csvTable(table())) },
          { id: 'markdown', label: 'Copy as Markdown', onAction: () => copy(markdownTable(table())) },
        ]}
      >
        <Copy />
      </Menu>
      {hidden > 0 && (
        <Button kind="quiet" onClick={() => workspace.change({ hide: undefined })}>
          Show {countText(hidden, 'hidden run')}
        </Button>
      )}
      <p className={styles['legend']}>
        {hasBaseline ? (
          <>
            <span className={styles['better']}>▲ better</span> <span className={styles['worse']}>▼ worse</span>
          </>
        ) : (
          'Choose a baseline in a run’s menu'
        )}
        <span>★ best</span>
      </p>
    </div>
  )
}

import { lazy, Suspense } from 'react'
import { Button } from '../../controls/button.tsx'
import { Loading } from '../../controls/notices.tsx'
import { SelectField } from '../../controls/text-field.tsx'
import { changeCompare, parseCompareState } from '../compare/compare-state.ts'
import type { ShownRun } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'
import styles from './artifacts.module.css'
import { FilePicker } from './file-picker.tsx'
import { RunFile } from './run-file.tsx'

const FileDiff = lazy(async () => ({ default: (await import('./file-diff.tsx')).FileDiff }))

interface FileCompareProps {
  readonly workspace: Workspace
  /** At least two, the baseline first. */
  readonly runs: readonly ShownRun[]
}

/** One file of several runs: side by side, or as a difference between two. */
export function FileCompare({ workspace, runs }: FileCompareProps) {
  const { file, with: other, diff } = parseCompareState(workspace.state.compare)
  const [first] = runs
  const second = runs.find((run) => run.id === other && run !== first) ?? runs[1]
  if (!first || !second) return null
  const isBaseline = first.id === workspace.state.base
  const pick = (path: string): void => changeCompare(workspace, { file: path })
  return (
    <div className={styles['compare']}>
      <div className={styles['side']}>
        <div className={styles['between']}>
          <p>
            <span className="quiet">{isBaseline ? 'Baseline' : 'First'}</span>{' '}
            <bdi className="cut" title={first.name}>
              {first.name.slice(0, 300)}
            </bdi>
          </p>
          <SelectField
            label="Second"
            value={second.id}
            choices={runs.slice(1).map(({ id, name }) => ({ value: id, label: name.slice(0, 80) || id }))}
            onChoose={(id) => changeCompare(workspace, { with: id })}
          />
        </div>
        <FilePicker key={`${first.id} ${second.id}`} runs={[first, second]} path={file} onPick={pick} />
      </div>
      <div className={styles['main']}>
        {file === undefined ? (
          <p className={styles['note']}>Choose a file: it is shown for each of the {runs.length} runs.</p>
        ) : (
          <>
            <div className={styles['bar']}>
              <bdi className="cut" title={file}>
                {file}
              </bdi>
              <Button aria-pressed={diff !== true} onClick={() => changeCompare(workspace, { diff: undefined })}>
                Side by side
              </Button>
              <Button aria-pressed={diff === true} onClick={() => changeCompare(workspace, { diff: true })}>
                Difference
              </Button>
            </div>
            {diff ? (
              <Suspense fallback={<Loading what="the difference" />}>
                <FileDiff path={file} from={first} to={second} />
              </Suspense>
            ) : (
              <div className={styles['files']} role="group" aria-label={file} tabIndex={0}>
                {inOrder(runs, second).map((run) => (
                  <RunFile key={run.id} run={run} isBaseline={run === first && isBaseline} path={file} onOpen={pick} />
                ))}
              </div>
            )}
          </>
        )}
      </div>
    </div>
  )
}

/** The run that was chosen stands beside the first. */
function inOrder(runs: readonly ShownRun[], second: ShownRun): readonly ShownRun[] {
  const [first] = runs
  return first ? [first, second, ...runs.filter((run) => run !== first && run !== second)] : runs
}

import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { compareNames, countText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { TextField } from '../controls/text-field.tsx'
import { useExperiments } from '../experiments/experiment-queries.ts'
import styles from './workspace.module.css'

interface MoveRunsDialogProps {
  readonly count: number
  /** The experiment that they are in, where it is one. */
  readonly from: string | undefined
  readonly onMove: (experimentId: string, name: string) => void
  readonly onClose: () => void
}

const most = 50

/** Asks for the experiment that runs are to go to. */
export function MoveRunsDialog({ count, from, onMove, onClose }: MoveRunsDialogProps) {
  const [part, setPart] = useState('')
  const { data, error, refetch } = useExperiments('')
  const found = (data ?? [])
    .filter(({ experiment_id, name }) => experiment_id !== from && name.toLowerCase().includes(part.toLowerCase()))
    .toSorted((a, b) => compareNames(a.name, b.name))
  return (
    <Dialog title={`Move ${countText(count, 'run')} to an experiment`} onClose={onClose}>
      <TextField label="Find an experiment" value={part} onChange={({ target }) => setPart(target.value)} autoFocus />
      {error && <Failure what="The experiments could not be loaded." error={error} retry={refetch} />}
      {!data && !error && <Loading what="the experiments" />}
      <ul className={styles['options']} aria-label="Experiments">
        {found.slice(0, most).map(({ experiment_id, name }) => (
          <li key={experiment_id}>
            <button
              type="button"
              title={name}
              onClick={() => {
                onClose()
                onMove(experiment_id, name)
              }}
            >
              <bdi className="cut">{name}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {found.length > most && <p className="quiet">{found.length - most} more: find them by their name.</p>}
      {data && found.length === 0 && <p className="quiet">No other experiment has such a name.</p>}
    </Dialog>
  )
}

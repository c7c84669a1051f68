import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { compareNames } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast } from '../shell/toasts.tsx'
import styles from './move-run-dialog.module.css'
import { runChanged } from './run-data.ts'

interface MoveRunDialogProps {
  readonly runId: string
  readonly experimentId: string
  readonly onClose: () => void
}

/** How many experiments are offered at once. */
const shown = 50

/** Asks for the experiment that a run is to go to. */
export function MoveRunDialog({ runId, experimentId, onClose }: MoveRunDialogProps) {
  const queries = useQueryClient()
  const [sought, setSought] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [failure, setFailure] = useState<string>()
  const { data, error, refetch } = useQuery({
    queryKey: ['experiments', 'all'],
    queryFn: async ({ signal }) =>
      (await server.searchExperiments({ max_results: 1000 }, { signal })).experiments ?? [],
  })
  const words = sought.toLowerCase()
  const found = (data ?? [])
    .filter(({ experiment_id: id, name }) => id !== experimentId && name.toLowerCase().includes(words))
    .toSorted((one, other) => compareNames(one.name, other.name))

  const move = async (to: string): Promise<void> => {
    await server.moveRuns({ run_ids: [runId], experiment_id: to })
    await runChanged(queries, runId)
  }
  const act = async (): Promise<void> => {
    if (chosen === undefined) return
    try {
      await move(chosen)
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason))
      return
    }
    onClose()
    const name = data?.find(({ experiment_id: id }) => id === chosen)?.name ?? chosen
    toast({ text: `The run was moved to ${name}.`, undo: () => move(experimentId) })
  }
  return (
    <Dialog
      title="Move the run to an experiment"
      onClose={onClose}
      action={{ label: 'Move', onAction: act, disabled: chosen === undefined }}
    >
      <TextField label="Find an experiment" value={sought} onChange={(event) => setSought(event.target.value)} autoFocus />
      {error && <Failure what="The experiments could not be loaded." error={error} retry={refetch} />}
      {!data && !error && <Loading what="the experiments" />}
      <div className={styles['list']} role="radiogroup" aria-label="Experiment">
        {found.slice(0, shown).map(({ experiment_id: id, name }) => (
          <label key={id} className={styles['choice']}>
            <input type="radio" name="experiment" value={id} checked={chosen === id} onChange={() => setChosen(id)} />
            <bdi className="cut" title={name}>
              {name}
            </bdi>
          </label>
        ))}
      </div>
      {data && found.length === 0 && <p className="quiet">No other experiment has such a name.</p>}
      {found.length > shown && <p className="quiet">{found.length - shown} more: find them by their name.</p>}
      {failure !== undefined && <p role="alert">The run was not moved: {failure}</p>}
    </Dialog>
  )
}

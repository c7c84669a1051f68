import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Stage } from '@trackway/sdk'
import { useState } from 'react'
import { useCallerName } from '../caller-name.ts'
import { CallerNameField } from '../controls/caller-name-field.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { TextArea } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { quoted } from '../workspace/workspace-state.ts'
import styles from './models.module.css'
import { StageMark } from './stage-mark.tsx'
import { canArchive } from './stages.ts'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

interface TransitionDialogProps {
  readonly name: string
  readonly version: string
  readonly from: Stage
  readonly to: Stage
  /** Asks for the move instead of making it. */
  readonly isRequest: boolean
  readonly onClose: () => void
}

/** Says why a version is moved, and what becomes of those that are there. */
export function TransitionDialog({ name, version, from, to, isRequest, onClose }: TransitionDialogProps) {
  const [comment, setComment] = useState('')
  const [isArchiving, setArchiving] = useState(true)
  const [error, setError] = useState<string>()
  const caller = useCallerName()
  const [asksName] = useState(caller === '' && isRequest)
  const queries = useQueryClient()
  const present = useQuery({
    queryKey: ['model', name, 'standing', to],
    queryFn: async ({ signal }) => {
      const filter = `name = ${quoted(name)} AND current_stage = '${to}'`
      return (await server.searchModelVersions({ filter, max_results: 200 }, { signal })).model_versions ?? []
    },
    enabled: canArchive(to) && !isRequest,
  })
  const replaced = (present.data ?? []).map((one) => one.version)
  const archives = replaced.length > 0 && isArchiving

  const refresh = () => readAgain(queries, 'models', 'model', 'version', 'requests')

  const moveBack = async (): Promise<void> => {
    try {
      await server.transitionModelVersionStage({ name, version, stage: from })
      if (archives) {
        for (const one of replaced) await server.transitionModelVersionStage({ name, version: one, stage: to })
      }
    } catch (reason) {
      toastFailure('The move was not taken back.', reason)
    }
    await refresh()
  }

  const act = async (): Promise<void> => {
    try {
      if (isRequest) {
        await server.createTransitionRequest({ name, version, stage: to, ...(comment !== '' && { comment }) })
      } else {
        await server.transitionDatabricksStage({
          name,
          version,
          stage: to,
          ...(archives && { archive_existing_versions: true }),
          ...(comment !== '' && { comment }),
        })
      }
      onClose()
      await refresh()
      toast(
        isRequest
          ? { text: `Asked to move version ${version} of ${name} to ${to}.` }
          : { text: `Version ${version} of ${name} is in ${to} now.`, undo: moveBack },
      )
    } catch (reason) {
      setError(messageOf(reason))
    }
  }

  return (
    <Dialog
      title={isRequest ? `Ask to move version ${version}` : `Move version ${version}`}
      onClose={onClose}
      action={{ label: isRequest ? 'Ask' : `Move to ${to}`, onAction: act }}
    >
      <p className={styles['chips']}>
        <StageMark stage={from} /> <span aria-label="to">→</span> <StageMark stage={to} />
      </p>
      {isRequest && asksName && <CallerNameField />}
      {replaced.length > 0 && (
        <label className={styles['check']}>
          <input type="checkbox" checked={isArchiving} onChange={(event) => setArchiving(event.target.checked)} />
          Archive what is in {to} now: {replaced.map((one) => `v${one}`).join(', ')}
        </label>
      )}
      <TextArea
        label="Comment"
        rows={3}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        hint="Why; it stays in the activity of the version."
        error={error}
        autoFocus={!asksName}
      />
    </Dialog>
  )
}

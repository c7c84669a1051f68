import { useQueryClient } from '@tanstack/react-query'
import type { RegisteredModelSettings, Stage } from '@trackway/sdk'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { Failure, Loading } from '../controls/notices.tsx'
import { SelectField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { useModelSettings } from './model-queries.ts'
import styles from './models.module.css'
import { StageMark } from './stage-mark.tsx'
import { stages } from './stages.ts'

type Rule = NonNullable<RegisteredModelSettings['approvals']>[number]
const any = 'Any stage'

/** Which moves of a model's versions need somebody's approval. */
export function ApprovalSettings({ name }: { name: string }) {
  const settings = useModelSettings(name)
  const queries = useQueryClient()
  const [from, setFrom] = useState<Stage | typeof any>(any)
  const [to, setTo] = useState<Stage>('Production')
  if (settings.isPending) return <Loading what="the settings" rows={3} />
  if (settings.isError) {
    return <Failure what="The settings could not be loaded." error={settings.error} retry={settings.refetch} />
  }
  const { approvals: rules = [], allow_self_approval: allowsSelf } = settings.data

  const put = async (change: Partial<RegisteredModelSettings>): Promise<void> => {
    await server.updateRegisteredModelSettings({ name, ...change })
    await queries.invalidateQueries({ queryKey: ['model', name] })
  }
  const save = async (change: Partial<RegisteredModelSettings>, done: string): Promise<void> => {
    try {
      const before = { approvals: [...rules], allow_self_approval: allowsSelf }
      await put(change)
      toast({
        text: done,
        undo: () => put(before).catch((error: unknown) => toastFailure('The settings were not changed back.', error)),
      })
    } catch (error) {
      toastFailure('The settings were not saved.', error)
    }
  }
  const isSame = (rule: Rule): boolean => rule.to_stage === to && (rule.from_stage || any) === from
  return (
    <section className={styles['panel']} aria-labelledby="approvals">
      <h2 id="approvals">Approvals</h2>
      <p className="quiet">
        A move that a rule names is made by asking for it; somebody else approves or rejects it, here or by the API.
      </p>
      {rules.length === 0 ? (
        <p>No move needs an approval.</p>
      ) : (
        <ul className={styles['list']} aria-label="Moves that need approval">
          {rules.map((rule) => (
            <li key={`${rule.from_stage ?? ''} ${rule.to_stage}`} className={styles['item']}>
              <span>{rule.from_stage ? <StageMark stage={rule.from_stage as Stage} /> : any}</span>
              <span aria-label="to">→</span>
              <StageMark stage={rule.to_stage as Stage} />
              <IconButton
                label={`Remove the rule ${rule.from_stage ?? any} to ${rule.to_stage}`}
                onClick={() =>
                  void save(
                    { approvals: rules.filter((one) => one !== rule) },
                    `Moves to ${rule.to_stage} need no approval by that rule.`,
                  )
                }
              >
                <Trash2 />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form
        className={styles['fields']}
        onSubmit={(event) => {
          event.preventDefault()
          const rule: Rule = { to_stage: to, ...(from !== any && { from_stage: from }) }
          void save({ approvals: [...rules, rule] }, `Moves to ${to} need an approval now.`)
        }}
      >
        <SelectField
          label="From"
          value={from}
          choices={[any, ...stages].map((value) => ({ value: value as Stage | typeof any, label: value }))}
          onChoose={setFrom}
        />
        <SelectField
          label="To"
          value={to}
          choices={stages.map((value) => ({ value: value as Stage, label: value }))}
          onChoose={setTo}
        />
        <Button type="submit" disabled={rules.some(isSame) || from === to}>
          <Plus /> Demand approval
        </Button>
      </form>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={allowsSelf}
          onChange={(event) =>
            void save(
              { allow_self_approval: event.target.checked },
              event.target.checked ? 'Who asked may approve, too.' : 'Somebody else must approve.',
            )
          }
        />
        Who asked for a move may also approve it
      </label>
    </section>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import type { Webhook } from '@trackway/sdk'
import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import models from './models.module.css'
import { eventFields, eventGroups, kindsOfWebhook } from './webhook-events.ts'
import styles from './webhooks.module.css'
import { messageOf } from '../controls/thrown.ts'

interface WebhookDialogProps {
  /** The webhook to change; a new one when absent. */
  readonly webhook?: Webhook
  /** Whether a new one begins with the events of models. */
  readonly isOfModel: boolean
  readonly onClose: () => void
}

export function WebhookDialog({ webhook, isOfModel, onClose }: WebhookDialogProps) {
  const [name, setName] = useState(webhook?.name ?? '')
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [description, setDescription] = useState(webhook?.description ?? '')
  const [secret, setSecret] = useState('')
  const [takesSecret, setTakesSecret] = useState(false)
  const [isActive, setActive] = useState(webhook?.status !== 'DISABLED')
  const [kinds, setKinds] = useState<readonly string[]>(
    webhook ? kindsOfWebhook(webhook) : isOfModel ? ['model_version.created', 'model_version.stage_transitioned'] : [],
  )
  const [error, setError] = useState<string>()
  const queries = useQueryClient()

  const save = async (): Promise<void> => {
    const fields = {
      name: name.trim(),
      url: url.trim(),
      ...(description !== (webhook?.description ?? '') && { description }),
      ...eventFields(kinds),
      ...(secret !== '' && { secret }),
      status: isActive ? ('ACTIVE' as const) : ('DISABLED' as const),
    }
    try {
      if (webhook) {
        const { webhook_id } = webhook
        await server.updateWebhook({ webhook_id, ...fields, ...(takesSecret && secret === '' && { secret: '' }) })
      } else {
        await server.createWebhook(fields)
      }
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title={webhook ? `Webhook ${webhook.name}` : 'New webhook'}
      size="wide"
      onClose={onClose}
      action={{
        label: webhook ? 'Save' : 'Create',
        onAction: save,
        disabled: name.trim() === '' || url.trim() === '' || kinds.length === 0,
      }}
    >
      {error !== undefined && (
        <p className={styles['error']} role="alert" dir="auto">
          {error}
        </p>
      )}
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="Letters, digits, and . _ - between."
        autoFocus
      />
      <TextField
        label="Address"
        type="url"
        placeholder="https://example.com/hooks/models"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <TextField label="Description" value={description} onChange={(event) => setDescription(event.target.value)} />
      <TextField
        label={webhook ? 'New secret' : 'Secret'}
        type="password"
        autoComplete="new-password"
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
        hint={
          webhook
            ? 'Left empty, the present one stays.'
            : 'Signs what is sent (HMAC-SHA256). It never leaves the server.'
        }
      />
      {webhook && (
        <label className={models['check']}>
          <input type="checkbox" checked={takesSecret} onChange={(event) => setTakesSecret(event.target.checked)} />
          Take the present secret away
        </label>
      )}
      <div className={styles['groups']}>
        {eventGroups.map(({ title, kinds: offered }) => (
          <fieldset key={title} className={styles['group']}>
            <legend>{title}</legend>
            {offered.map((kind) => (
              <label key={kind} className={models['check']}>
                <input
                  type="checkbox"
                  checked={kinds.includes(kind)}
                  onChange={(event) =>
                    setKinds(event.target.checked ? [...kinds, kind] : kinds.filter((one) => one !== kind))
                  }
                />
                {kind}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <label className={models['check']}>
        <input type="checkbox" checked={isActive} onChange={(event) => setActive(event.target.checked)} />
        Active
      </label>
    </Dialog>
  )
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiError, type LoggedModel } from '@trackway/sdk'
import { useId, useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextArea, TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { modelFilter } from './model-queries.ts'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

/** Makes a version of a registered model, known or new, of a logged model. */
export function RegisterDialog({ model, onClose }: { model: LoggedModel; onClose: () => void }) {
  const { info } = model
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [error, setError] = useState<string>()
  const list = useId()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const known = useQuery({
    queryKey: ['models', 'names', name.trim()],
    queryFn: async ({ signal }) => {
      const filter = modelFilter(name)
      const found = await server.searchRegisteredModels(
        { max_results: 20, ...(filter !== '' && { filter }) },
        { signal },
      )
      return (found.registered_models ?? []).map((one) => one.name)
    },
    placeholderData: (before) => before,
  })
  const register = async (): Promise<void> => {
    const chosen = name.trim()
    try {
      await server.createRegisteredModel({ name: chosen }).catch((reason: unknown) => {
        if (!(reason instanceof ApiError && reason.code === 'RESOURCE_ALREADY_EXISTS')) throw reason
      })
      const { model_version } = await server.createModelVersion({
        name: chosen,
        source: `models:/${info.model_id}`,
        model_id: info.model_id,
        ...(info.source_run_id !== undefined && info.source_run_id !== '' && { run_id: info.source_run_id }),
        ...(description !== '' && { description }),
      })
      onClose()
      await readAgain(queries, 'models', 'model', 'run')
      await navigate({
        to: '/models/$name/versions/$version',
        params: { name: chosen, version: model_version.version },
      })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="Register the logged model"
      onClose={onClose}
      action={{ label: 'Register', onAction: register, disabled: name.trim() === '' }}
    >
      <TextField
        label="Registered model"
        list={list}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint={
          known.data?.includes(name.trim()) === true
            ? 'Becomes its next version.'
            : 'A new one is made where there is none.'
        }
        error={error}
        autoFocus
      />
      <datalist id={list}>
        {(known.data ?? []).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <TextArea
        label="Description of the version (Markdown)"
        rows={3}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
    </Dialog>
  )
}

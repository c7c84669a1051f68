import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextArea, TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { messageOf } from '../controls/thrown.ts'

/** Makes a registered model and opens its page. */
export function CreateModelDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [error, setError] = useState<string>()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const create = async (): Promise<void> => {
    try {
      await server.createRegisteredModel({ name: name.trim(), ...(description !== '' && { description }) })
      onClose()
      await queries.invalidateQueries({ queryKey: ['models'] })
      await navigate({ to: '/models/$name', params: { name: name.trim() } })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="New registered model"
      onClose={onClose}
      action={{ label: 'Create', onAction: create, disabled: name.trim() === '' }}
    >
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="Without / and :, as clients write models:/name/version."
        error={error}
        autoFocus
      />
      <TextArea
        label="Description (Markdown)"
        value={description}
        onChange={(event) => setDescription(event.target.value)}
        rows={4}
      />
    </Dialog>
  )
}

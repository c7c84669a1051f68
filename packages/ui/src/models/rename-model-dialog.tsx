import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

export function RenameModelDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const [typed, setTyped] = useState(name)
  const [error, setError] = useState<string>()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const rename = async (from: string, to: string): Promise<void> => {
    await server.renameRegisteredModel({ name: from, new_name: to })
    await navigate({ to: '/models/$name', params: { name: to }, replace: true })
    await readAgain(queries, 'models', 'requests')
  }
  const save = async (): Promise<void> => {
    const chosen = typed.trim()
    try {
      await rename(name, chosen)
      onClose()
      toast({
        text: `The model is named ${chosen} now.`,
        undo: () =>
          rename(chosen, name).catch((reason: unknown) => toastFailure('The model was not renamed back.', reason)),
      })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="Rename the model"
      onClose={onClose}
      action={{ label: 'Rename', onAction: save, disabled: typed.trim() === '' || typed.trim() === name }}
    >
      <TextField
        label="New name"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        hint="Addresses such as models:/name/1 and links with the old name no longer work."
        error={error}
        autoFocus
      />
    </Dialog>
  )
}

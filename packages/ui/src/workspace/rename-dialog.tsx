import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

interface RenameDialogProps {
  readonly run: { readonly run_id: string; readonly run_name: string }
  readonly onClose: () => void
}

export function RenameDialog({ run, onClose }: RenameDialogProps) {
  const queries = useQueryClient()
  const [name, setName] = useState(run.run_name)
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await server.updateRun({ run_id: run.run_id, run_name: name.trim() })
      await readAgain(queries, 'runs', 'run')
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="Rename the run"
      onClose={onClose}
      action={{ label: 'Rename', onAction: save, disabled: name.trim() === '' }}
    >
      <TextField label="Name" value={name} error={error} onChange={(event) => setName(event.target.value)} autoFocus />
    </Dialog>
  )
}

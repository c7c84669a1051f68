import { useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { server } from '../server.ts'
import { toast } from '../shell/toasts.tsx'
import { baseName, parentOf } from './artifact-root.ts'
import { messageOf } from '../controls/thrown.ts'

interface DeleteArtifactProps {
  readonly runId: string
  readonly path: string
  readonly isFolder?: boolean
  readonly onOpen: (path: string) => void
}

/** Deletes a file, or a folder with all in it, for good: so it asks first. */
export function DeleteArtifact({ runId, path, isFolder = false, onOpen }: DeleteArtifactProps) {
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [error, setError] = useState<string>()
  const name = baseName(path)
  const remove = async (): Promise<void> => {
    try {
      await server.deleteRunArtifact({ run_id: runId, artifact_path: path })
    } catch (reason) {
      setError(messageOf(reason))
      return
    }
    setAsking(false)
    onOpen(parentOf(path))
    toast({ text: `${name} was deleted.` })
    await queries.invalidateQueries({ queryKey: ['artifacts'] })
  }
  return (
    <>
      <IconButton label={isFolder ? 'Delete folder' : 'Delete file'} onClick={() => setAsking(true)}>
        <Trash2 />
      </IconButton>
      {isAsking && (
        <Dialog
          title={`Delete ${name}?`}
          onClose={() => setAsking(false)}
          action={{ label: 'Delete for good', onAction: remove, danger: true }}
        >
          <p>
            {isFolder ? 'The folder and all files in it' : 'The file'} will be gone from the artifact store. This cannot
            be undone.
          </p>
          <p>
            <code dir="auto">{path}</code>
          </p>
          {error !== undefined && <p role="alert">It was not deleted: {error}</p>}
        </Dialog>
      )}
    </>
  )
}

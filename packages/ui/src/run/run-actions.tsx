import { useQueryClient } from '@tanstack/react-query'
import { Clipboard, Ellipsis, FolderInput, Pencil, RotateCcw, SquareTerminal, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { copyText } from '../controls/copy-button.tsx'
import { Menu } from '../controls/menu.tsx'
import { server, serverUrl } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { type Run, runChanged } from './run-data.ts'

const MoveRunsDialog = lazy(async () => ({
  default: (await import('../workspace/move-runs-dialog.tsx')).MoveRunsDialog,
}))

export function RunActions({ run: { info }, onRename }: { run: Run; onRename: () => void }) {
  const queries = useQueryClient()
  const [isMoving, setMoving] = useState(false)
  const runId = info.run_id
  const isDeleted = info.lifecycle_stage === 'deleted'

  const restore = async (): Promise<void> => {
    try {
      await server.restoreRun({ run_id: runId })
      toast({ text: `${info.run_name} was restored.` })
    } catch (error) {
      toastFailure('The run was not restored.', error)
    }
    await runChanged(queries, runId)
  }
  const remove = async (): Promise<void> => {
    try {
      await server.deleteRun({ run_id: runId })
      toast({ text: `${info.run_name} was deleted.`, undo: restore })
    } catch (error) {
      toastFailure('The run was not deleted.', error)
    }
    await runChanged(queries, runId)
  }
  const moveTo = async (experimentId: string): Promise<void> => {
    await server.moveRuns({ run_ids: [runId], experiment_id: experimentId })
    await runChanged(queries, runId)
  }
  const move = async (experimentId: string, name: string): Promise<void> => {
    try {
      await moveTo(experimentId)
      toast({ text: `${info.run_name} was moved to ${name}.`, undo: () => moveTo(info.experiment_id) })
    } catch (error) {
      toastFailure('The run was not moved.', error)
    }
  }
  const copy = async (text: string, what: string): Promise<void> => {
    if (await copyText(text)) toast({ text: `${what} was copied.` })
  }
  const items = [
    { id: 'rename', label: 'Rename', icon: <Pencil />, onAction: onRename },
    { id: 'move', label: 'Move to experiment…', icon: <FolderInput />, onAction: () => setMoving(true) },
    { id: 'id', label: 'Copy id', icon: <Clipboard />, onAction: () => void copy(runId, 'The id') },
    {
      id: 'python',
      label: 'Copy as Python',
      icon: <SquareTerminal />,
      onAction: () => void copy(pythonSnippet(runId), 'Python code that opens the run'),
    },
    isDeleted
      ? { id: 'restore', label: 'Restore', icon: <RotateCcw />, onAction: () => void restore() }
      : { id: 'delete', label: 'Delete', icon: <Trash2 />, danger: true, onAction: () => void remove() },
  ]
  return (
    <>
      <Menu label="Actions on the run" kind="quiet" items={items}>
        <Ellipsis />
      </Menu>
      <Suspense>
        {isMoving && (
          <MoveRunsDialog
            count={1}
            from={info.experiment_id}
            onMove={(to, name) => void move(to, name)}
            onClose={() => setMoving(false)}
          />
        )}
      </Suspense>
    </>
  )
}

function pythonSnippet(runId: string): string {
  return `import mlflow

mlflow.set_tracking_uri("${serverUrl}")
run = mlflow.get_run("${runId}")
print(run.data.metrics, run.data.params)
`
}

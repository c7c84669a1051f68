import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Experiment } from '@trackway/sdk'
import { useState } from 'react'
import { noteTag } from '../controls/client-tags.ts'
import { Dialog } from '../controls/dialog.tsx'
import { Markdown } from '../controls/markdown.tsx'
import { TextArea, TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

/** Asks for a name and makes an experiment, then opens it. */
export function CreateExperimentDialog({ folder, onClose }: { folder: string; onClose: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState(folder === '' ? '' : `${folder}/`)
  const [location, setLocation] = useState('')
  const [error, setError] = useState<string>()
  const create = async (): Promise<void> => {
    try {
      const artifacts = location.trim() === '' ? {} : { artifact_location: location.trim() }
      const { experiment_id: id } = await server.createExperiment({ name: name.trim(), ...artifacts })
      await queries.invalidateQueries({ queryKey: ['experiments'] })
      await navigate({ to: '/experiments/$experimentId/runs', params: { experimentId: id } })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="New experiment"
      onClose={onClose}
      action={{ label: 'Create', onAction: create, disabled: name.trim() === '' }}
    >
      <TextField
        label="Name"
        hint="Slashes make folders: vision/segmentation."
        value={name}
        error={error}
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Where artifacts lie (optional)"
        hint="Such as s3://bucket/path; the server's own place when empty. It cannot be changed later."
        value={location}
        onChange={(event) => setLocation(event.target.value)}
      />
    </Dialog>
  )
}

interface ExperimentDialogProps {
  readonly experiment: Experiment
  readonly onClose: () => void
}

export function RenameExperimentDialog({ experiment, onClose }: ExperimentDialogProps) {
  const queries = useQueryClient()
  const [name, setName] = useState(experiment.name)
  const [error, setError] = useState<string>()
  const rename = async (): Promise<void> => {
    try {
      await server.updateExperiment({ experiment_id: experiment.experiment_id, new_name: name.trim() })
      await readExperimentsAgain(queries)
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title="Rename experiment"
      onClose={onClose}
      action={{ label: 'Rename', onAction: rename, disabled: name.trim() === '' || name === experiment.name }}
    >
      <TextField
        label="Name"
        hint="Slashes make folders: vision/segmentation. Runs stay where they are."
        value={name}
        error={error}
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
    </Dialog>
  )
}

export function DescribeExperimentDialog({ experiment, onClose }: ExperimentDialogProps) {
  const queries = useQueryClient()
  const [text, setText] = useState(experiment.tags?.find(({ key }) => key === noteTag)?.value ?? '')
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await server.setExperimentTag({ experiment_id: experiment.experiment_id, key: noteTag, value: text })
      await readExperimentsAgain(queries)
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog title="Description" size="wide" onClose={onClose} action={{ label: 'Save', onAction: save }}>
      <TextArea
        label="Markdown"
        rows={10}
        value={text}
        error={error}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      {text.trim() !== '' && (
        <section aria-label="Preview">
          <Markdown text={text} />
        </section>
      )}
    </Dialog>
  )
}

/** Deletes an experiment; the message that says so has the way back. */
export async function deleteExperiment(
  queries: ReturnType<typeof useQueryClient>,
  experiment: Experiment,
): Promise<void> {
  const byId = { experiment_id: experiment.experiment_id }
  try {
    await server.deleteExperiment(byId)
    toast({
      text: `Deleted ${experiment.name}. It is in the trash with its runs.`,
      undo: () =>
        server.restoreExperiment(byId).then(
          () => readExperimentsAgain(queries),
          (error: unknown) => toastFailure(`${experiment.name} could not be restored.`, error),
        ),
    })
  } catch (error) {
    toastFailure(`${experiment.name} could not be deleted.`, error)
  }
  await readExperimentsAgain(queries)
}

/** Has everything read again that shows experiments. */
export async function readExperimentsAgain(queries: ReturnType<typeof useQueryClient>): Promise<void> {
  await readAgain(queries, 'experiments', 'experiment', 'summaries', 'trash')
}

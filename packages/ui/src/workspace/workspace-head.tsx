import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Boxes, FileText } from 'lucide-react'
import { useState } from 'react'
import { Button, buttonLink } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { Markdown } from '../controls/markdown.tsx'
import { Failure } from '../controls/notices.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { noteTag } from '../controls/client-tags.ts'
import { ExperimentMenu } from '../experiments/experiment-menu.tsx'
import { useExperiment } from '../experiments/experiment-queries.ts'
import { folderParts } from '../experiments/folders.ts'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { SavedViews } from './saved-views.tsx'
import { useIsNarrow } from './use-width.ts'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

/** What the workspace is about: the experiment's name, tags and description. */
export function WorkspaceHead({ experimentId, workspace }: { experimentId: string | undefined; workspace: Workspace }) {
  const queries = useQueryClient()
  const experiment = useExperiment(experimentId)
  const isNarrow = useIsNarrow()
  const [isOpen, setOpen] = useState(false)
  const name = experiment.data?.name
  const { experiments } = workspace.state
  const several = experiments === undefined ? 'All runs' : `Runs of ${countText(experiments.length, 'experiment')}`
  const title = experimentId === undefined ? several : (name ?? `Experiment ${experimentId}`)
  const folders = folderParts(name ?? '')
  useCrumbs([
    { label: 'Experiments', to: '/experiments' },
    ...folders.map((label, index) => ({ label, folder: folders.slice(0, index + 1).join('/') })),
    { label: name?.split('/').at(-1) || title },
  ])
  if (experimentId !== undefined && experiment.error) {
    return (
      <Failure
        what={`Experiment ${experimentId} could not be loaded.`}
        error={experiment.error}
        retry={experiment.refetch}
      />
    )
  }
  const tags = experiment.data?.tags
  const note = tags?.find(({ key }) => key === noteTag)?.value ?? ''
  const read = () => queries.invalidateQueries({ queryKey: ['experiment', experimentId] })
  const setTag = async (key: string, value: string): Promise<void> => {
    await server.setExperimentTag({ experiment_id: experimentId ?? '', key, value })
    await read()
  }
  const deleteTag = async (key: string): Promise<void> => {
    const value = tags?.find((tag) => tag.key === key)?.value ?? ''
    try {
      await server.deleteExperimentTag({ experiment_id: experimentId ?? '', key })
      await read()
      toast({ text: `The tag ${key} was deleted.`, undo: () => setTag(key, value) })
    } catch (error) {
      toastFailure('The tag could not be deleted.', error)
    }
  }
  return (
    <>
      <header className={styles['head']}>
        <h1 title={title}>
          <bdi>{title.split('/').at(-1) || title}</bdi>
        </h1>
        {experiment.data?.lifecycle_stage === 'deleted' && <span className="quiet">in the trash</span>}
        {note !== '' && (
          <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <FileText /> Description
          </Button>
        )}
        <span className={styles['head-tags']}>
          {experiment.data && !isNarrow && <TagList tags={userTags(tags)} onSet={setTag} onDelete={deleteTag} />}
        </span>
        {experimentId !== undefined && (
          <Link
            to="/experiments/$experimentId/models"
            params={{ experimentId }}
            className={buttonLink}
            data-kind="quiet"
          >
            <Boxes /> Models
          </Link>
        )}
        {experiment.data && <ExperimentMenu experiment={experiment.data} />}
        <SavedViews workspace={workspace} experimentId={experimentId} />
      </header>
      {isOpen && note !== '' && (
        <section className={styles['description']} aria-label="Description" tabIndex={0}>
          <Markdown text={note} />
        </section>
      )}
    </>
  )
}

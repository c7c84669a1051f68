import { useQueryClient } from '@tanstack/react-query'
import type { Experiment } from '@trackway/sdk'
import { EllipsisVertical, FileText, Pencil, Tag as TagIcon, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Menu } from '../controls/menu.tsx'
import { TagDialog } from '../controls/tag-list.tsx'
import { server } from '../server.ts'
import {
  deleteExperiment,
  DescribeExperimentDialog,
  readExperimentsAgain,
  RenameExperimentDialog,
} from './experiment-dialogs.tsx'

/** What can be done with an experiment; its dialogs come with it. */
export function ExperimentMenu({ experiment }: { experiment: Experiment }) {
  const queries = useQueryClient()
  const [dialog, setDialog] = useState<'rename' | 'describe' | 'tag'>()
  const close = (): void => setDialog(undefined)
  const setTag = async (key: string, value: string): Promise<void> => {
    await server.setExperimentTag({ experiment_id: experiment.experiment_id, key, value })
    await readExperimentsAgain(queries)
  }
  return (
    <>
      <Menu
        label={`Actions for ${experiment.name}`}
        kind="quiet"
        items={[
          { id: 'rename', label: 'Rename…', icon: <Pencil />, onAction: () => setDialog('rename') },
          { id: 'describe', label: 'Describe…', icon: <FileText />, onAction: () => setDialog('describe') },
          { id: 'tag', label: 'Add tag…', icon: <TagIcon />, onAction: () => setDialog('tag') },
          {
            id: 'delete',
            label: 'Delete',
            icon: <Trash2 />,
            danger: true,
            onAction: () => void deleteExperiment(queries, experiment),
          },
        ]}
      >
        <EllipsisVertical />
      </Menu>
      {dialog === 'rename' && <RenameExperimentDialog experiment={experiment} onClose={close} />}
      {dialog === 'describe' && <DescribeExperimentDialog experiment={experiment} onClose={close} />}
      {dialog === 'tag' && <TagDialog tag={{ key: '', value: '' }} onSet={setTag} onClose={close} />}
    </>
  )
}

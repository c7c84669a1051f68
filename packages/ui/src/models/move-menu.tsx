import type { RegisteredModelSettings, Stage } from '@trackway/sdk'
import { ArrowRightLeft } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Menu, type MenuItem } from '../controls/menu.tsx'
import { needsApproval, stages } from './stages.ts'
import { StageMark } from './stage-mark.tsx'
import { TransitionDialog } from './transition-dialog.tsx'

interface MoveMenuProps {
  readonly name: string
  readonly version: string
  readonly stage: Stage
  readonly settings: RegisteredModelSettings | undefined
  readonly children?: ReactNode
}

/** Moves a version to another stage: at once, or by asking where the model's rules demand an approval. */
export function MoveMenu({ name, version, stage, settings, children }: MoveMenuProps) {
  const [move, setMove] = useState<{ to: Stage; isRequest: boolean }>()
  const targets = stages.filter((one) => one !== stage)
  const items: MenuItem[] = [
    ...targets
      .filter((to) => !needsApproval(settings, stage, to))
      .map((to) => ({
        id: to,
        label: to,
        icon: <StageMark stage={to} isBare />,
        group: 'Move to',
        onAction: () => setMove({ to, isRequest: false }),
      })),
    ...targets.map((to) => ({
      id: `ask ${to}`,
      label: needsApproval(settings, stage, to) ? `${to} (needs approval)` : to,
      icon: <StageMark stage={to} isBare />,
      group: 'Ask for a move to',
      onAction: () => setMove({ to, isRequest: true }),
    })),
  ]
  return (
    <>
      <Menu
        label={children === undefined ? `Move version ${version} to…` : 'Move to…'}
        items={items}
        kind={children === undefined ? 'quiet' : 'plain'}
      >
        {children ?? <ArrowRightLeft />}
      </Menu>
      {move && (
        <TransitionDialog
          name={name}
          version={version}
          from={stage}
          to={move.to}
          isRequest={move.isRequest}
          onClose={() => setMove(undefined)}
        />
      )}
    </>
  )
}
